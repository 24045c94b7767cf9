package org.malleposte.smtp;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.malleposte.line.ChunkDecoder;
import org.malleposte.line.DotDecoder;
import org.malleposte.line.MessageDecoder;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;

/**
 * Takes the bytes of a message, between 354 and the final dot or in chunks: decodes, checks limits,
 * stores. A message that is at fault is read to the end of what was announced but no longer stored.
 * Never blocks. Belongs to the connection's thread and one message.
 */
final class BodyReceiver {
  private final SmtpLimits limits;
  private final boolean binary;
  private final Optional<SubmittedHeader> submitted;
  private final HeaderScan header = new HeaderScan();
  private final BodyWriter writer;
  private MessageDecoder decoder;
  private long chunkOctets;
  private long sizeBytes;
  private Optional<BodyFault> fault = Optional.empty();

  /**
   * @param binary what comes in chunks need not be lines (RFC 3030 §3)
   * @param missing of a submitted message: its header is put right
   */
  BodyReceiver(
      SmtpLimits limits,
      BodyWriter writer,
      boolean binary,
      Optional<SubmittedHeader.Missing> missing) {
    this.limits = limits;
    this.binary = binary;
    this.writer = writer;
    submitted = missing.map(what -> new SubmittedHeader(what, writer::write));
    decoder = new DotDecoder(limits.sizes().textLineOctets());
  }

  /** What follows is framed so. A message is all dots or all chunks. */
  void expect(SmtpStep.Framing framing) {
    switch (framing) {
      case SmtpStep.Framing.Dots _ -> {}
      case SmtpStep.Framing.Chunk(long octets, boolean last) -> {
        chunkOctets = octets;
        var chunks =
            decoder instanceof ChunkDecoder begun
                ? begun
                : new ChunkDecoder(limits.sizes().textLineOctets(), binary);
        chunks.begin(octets, last);
        decoder = chunks;
      }
    }
  }

  /**
   * @param input read up to the end of the message or chunk, or all of it
   * @return the outcome once that has come
   */
  Optional<BodyOutcome> receive(ByteBuffer input) {
    var progress = decoder.decode(input, this::take);
    if (fault.isEmpty()) {
      fault = check();
      if (fault.isPresent()) {
        writer.discard();
      }
    }
    if (progress != MessageDecoder.Progress.PARTIAL && fault.isPresent()) {
      return Optional.of(new BodyOutcome.Faulty(fault.get()));
    }
    return switch (progress) {
      case PARTIAL -> Optional.empty();
      case CHUNK_ENDED -> Optional.of(new BodyOutcome.More(chunkOctets));
      case ENDED -> {
        submitted.ifPresent(SubmittedHeader::end);
        yield Optional.of(new BodyOutcome.Complete(sizeBytes, decoder.sawEightBit()));
      }
    };
  }

  /** Whether a chunk has come already. */
  boolean hasBegun() {
    return decoder instanceof ChunkDecoder;
  }

  /** Whether nothing more is to come of the chunk. */
  boolean isEnded() {
    return decoder instanceof ChunkDecoder chunks && chunks.isEnded();
  }

  /** Whether so much has come that the end is not worth waiting for. */
  boolean isEndless() {
    return sizeBytes > limits.sizes().messageReadBytes();
  }

  BodyWriter writer() {
    return writer;
  }

  private void take(byte[] bytes, int offset, int length) {
    sizeBytes += length;
    header.scan(bytes, offset, length);
    if (fault.isEmpty() && sizeBytes <= limits.sizes().messageBytes()) {
      if (submitted.isPresent()) {
        submitted.get().write(bytes, offset, length);
      } else {
        writer.write(bytes, offset, length);
      }
    }
  }

  private Optional<BodyFault> check() {
    if (decoder.sawBareEndOfLine()) {
      return Optional.of(BodyFault.BARE_END_OF_LINE);
    }
    if (decoder.sawLineTooLong()) {
      return Optional.of(BodyFault.LINE_TOO_LONG);
    }
    if (sizeBytes > limits.sizes().messageBytes()) {
      return Optional.of(BodyFault.TOO_LARGE);
    }
    if (header.headerBytes() > limits.sizes().headerBytes()) {
      return Optional.of(BodyFault.HEADER_TOO_LARGE);
    }
    if (header.hops() > limits.counts().hops()) {
      return Optional.of(BodyFault.LOOP);
    }
    return writer.hasFailed() ? Optional.of(BodyFault.NOT_STORED) : Optional.empty();
  }
}
