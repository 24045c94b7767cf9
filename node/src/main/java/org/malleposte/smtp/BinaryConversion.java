package org.malleposte.smtp;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.malleposte.blob.MessageBody;
import org.malleposte.mime.BinaryPlan;
import org.malleposte.mime.BinaryScanner;
import org.malleposte.mime.BinaryScanner.Scanned;
import org.malleposte.mime.BinaryWriter;
import org.malleposte.smtp.SmtpLimits.Sizes;

/**
 * Makes a message that came in binary one of lines (RFC 3030 §3 lets whoever takes it convert it):
 * so it is to the store, POP3, IMAP and the next host what any other mail is, and no bare CR or LF
 * goes farther than here. Blocks, on the lane of {@link BodyFiles}; holds less than a MiB while it
 * works, whatever the size.
 *
 * @param frontBytes our trace header, in front of what the client sent
 */
record BinaryConversion(Sizes limits, int frontBytes, BodyFiles files, ReceptionMemory memory) {
  /** What came of it. */
  sealed interface Outcome {
    /**
     * @param body the original, or another: the caller closes both
     * @param heldBytes of {@link ReceptionMemory}, given back by the caller after that
     */
    record Lines(MessageBody body, long heldBytes) implements Outcome {}

    record Refused(BodyFault fault) implements Outcome {}
  }

  /**
   * @throws IOException of the disk; nothing new is left then
   */
  Outcome convert(MessageBody original) throws IOException {
    return switch (scan(original)) {
      case Scanned.NotConvertible(var why) -> new Outcome.Refused(fault(why));
      case Scanned.Convertible(var plan) -> {
        if (plan.isEmpty()) {
          yield new Outcome.Lines(original, 0);
        }
        yield plan.sizeBytes() - frontBytes > limits.messageBytes()
            ? new Outcome.Refused(BodyFault.TOO_LARGE)
            : write(original, plan);
      }
    };
  }

  private Scanned scan(MessageBody original) throws IOException {
    try (var in = original.open()) {
      return BinaryScanner.scan(in, limits.textLineOctets());
    }
  }

  private static BodyFault fault(BinaryScanner.Reason why) {
    return switch (why) {
      case BARE_END_OF_LINE, NOT_CLEAR -> BodyFault.NOT_CONVERTIBLE;
      case LINE_TOO_LONG -> BodyFault.LINE_TOO_LONG;
    };
  }

  private Outcome write(MessageBody original, BinaryPlan plan) throws IOException {
    long size = plan.sizeBytes();
    if (size <= MessageBody.INLINE_MAX_BYTES && memory.tryTake(size)) {
      try {
        var bytes = new ByteArrayOutputStream((int) size);
        write(original, plan, bytes);
        return new Outcome.Lines(new MessageBody.InMemory(bytes.toByteArray()), size);
      } catch (IOException | RuntimeException e) {
        memory.give(size);
        throw e;
      }
    }
    Path file = files.create();
    try (var out = new BufferedOutputStream(Files.newOutputStream(file), BodySpill.PIECE_BYTES)) {
      write(original, plan, out);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return new Outcome.Lines(new MessageBody.InFile(file, size), 0);
  }

  private static void write(MessageBody original, BinaryPlan plan, OutputStream out)
      throws IOException {
    try (var in = original.open()) {
      BinaryWriter.write(in, plan, out);
    }
  }
}
