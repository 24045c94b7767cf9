package org.malleposte.imap;

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

/**
 * Makes a message that came as literal8 (RFC 3516 §4.4) one of lines, as every message of the store
 * is: parts in binary become base64. Blocks on disk.
 *
 * @param memoryMaxBytes a result up to this stays in memory
 */
record LiteralConversion(UploadDirectory directory, long memoryMaxBytes) {
  /** Of a line outside of parts in binary. */
  private static final int LINE_MAX_BYTES = 64 * 1024;

  /** What became of a literal. */
  sealed interface Outcome {
    record Taken(Upload upload) implements Outcome {}

    record Refused(ImapReply reply) implements Outcome {}
  }

  /**
   * @param original closed, unless it is the outcome
   */
  Outcome convert(MessageBody original) throws IOException {
    boolean kept = false;
    try {
      Outcome outcome =
          switch (scan(original)) {
            case Scanned.NotConvertible _ -> new Outcome.Refused(ImapReplies.NOT_CONVERTIBLE);
            case Scanned.Convertible(var plan) ->
                new Outcome.Taken(new Upload(plan.isEmpty() ? original : write(original, plan)));
          };
      kept = outcome instanceof Outcome.Taken(var upload) && upload.body() == original;
      return outcome;
    } finally {
      if (!kept) {
        original.close();
      }
    }
  }

  private static Scanned scan(MessageBody original) throws IOException {
    try (var in = original.open()) {
      return BinaryScanner.scan(in, LINE_MAX_BYTES);
    }
  }

  private MessageBody write(MessageBody original, BinaryPlan plan) throws IOException {
    if (plan.sizeBytes() <= memoryMaxBytes) {
      var bytes = new ByteArrayOutputStream((int) plan.sizeBytes());
      write(original, plan, bytes);
      return new MessageBody.InMemory(bytes.toByteArray());
    }
    Path file = directory.create();
    try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
      write(original, plan, out);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return new MessageBody.InFile(file, plan.sizeBytes());
  }

  private static void write(MessageBody original, BinaryPlan plan, OutputStream out)
      throws IOException {
    try (var in = original.open()) {
      BinaryWriter.write(in, plan, out);
    }
  }
}
