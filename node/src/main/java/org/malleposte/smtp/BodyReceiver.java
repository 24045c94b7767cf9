package org.malleposte.smtp;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.malleposte.line.DotDecoder;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;

/**
 * Takes the bytes between 354 and the final dot: decodes, checks limits, stores. A message that is
 * at fault is read to its end but no longer stored. Never blocks. Belongs to the connection's
 * thread and one message.
 */
final class BodyReceiver {
  private final SmtpLimits limits;
  private final DotDecoder decoder;
  private final HeaderScan header = new HeaderScan();
  private final BodyWriter writer;
  private long sizeBytes;
  private Optional<BodyFault> fault = Optional.empty();

  BodyReceiver(SmtpLimits limits, BodyWriter writer) {
    this.limits = limits;
    this.writer = writer;
    decoder = new DotDecoder(limits.sizes().textLineOctets());
  }

  /**
   * @param input read up to the end of the message, or all of it
   * @return the outcome once the message has ended
   */
  Optional<BodyOutcome> receive(ByteBuffer input) {
    boolean ended = decoder.decode(input, this::take);
    if (fault.isEmpty()) {
      fault = check();
      if (fault.isPresent()) {
        writer.discard();
      }
    }
    if (!ended) {
      return Optional.empty();
    }
    return Optional.of(
        fault.isPresent()
            ? new BodyOutcome.Faulty(fault.get())
            : new BodyOutcome.Complete(sizeBytes, decoder.sawEightBit()));
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
      writer.write(bytes, offset, length);
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
