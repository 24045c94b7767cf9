package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.blob.MessageBody;

/** A whole command: text, with a literal between any two pieces of it. */
record FramedCommand(List<Part> parts) {
  /** A piece of a command. */
  sealed interface Part {
    /** Bytes of a line, without the line break and without the {@code {n}} that ended it. */
    record Text(byte[] bytes) implements Part {}

    /** A literal in memory. */
    record Literal(byte[] bytes) implements Part {}

    /** A literal that was streamed aside. */
    record Uploaded(Upload upload) implements Part {}

    /** A literal that was read and dropped; the reply says why. */
    record Dropped(ImapReply reply) implements Part {}
  }

  FramedCommand {
    parts = List.copyOf(parts);
  }

  FramedCommand with(Part part) {
    var more = new ArrayList<>(parts);
    more.add(part);
    return new FramedCommand(more);
  }

  /** The first text: tag and name are in it, if the client keeps to the grammar. */
  byte[] firstText() {
    return parts.isEmpty() || !(parts.getFirst() instanceof Part.Text(var bytes))
        ? new byte[0]
        : bytes;
  }

  /** How many messages it has brought. */
  long uploads() {
    return parts.stream().filter(Part.Uploaded.class::isInstance).count();
  }

  long uploadedBytes() {
    long sum = 0;
    for (var part : parts) {
      sum += part instanceof Part.Uploaded(var upload) ? upload.sizeBytes() : 0;
    }
    return sum;
  }

  /** Those of its messages that are not in files. */
  long uploadedBytesInMemory() {
    long sum = 0;
    for (var part : parts) {
      boolean inMemory =
          part instanceof Part.Uploaded(var upload)
              && upload.body() instanceof MessageBody.InMemory;
      sum += inMemory ? ((Part.Uploaded) part).upload().sizeBytes() : 0;
    }
    return sum;
  }

  /** Frees uploads that no command took over. */
  void release() {
    for (var part : parts) {
      if (part instanceof Part.Uploaded(var upload)) {
        upload.close();
      }
    }
  }
}
