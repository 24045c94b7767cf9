package org.malleposte.mime;

import java.util.Base64;
import java.util.List;

/**
 * How a message that holds parts in {@code binary} (RFC 2045 §2.9) becomes one of lines: what is
 * written in place of what. All else is copied.
 *
 * @param edits in the order of the message; none overlaps another
 * @param sizeBytes of the message of lines
 */
public record BinaryPlan(List<Edit> edits, long sizeBytes) {
  static final int LINE_CHARACTERS = 76; // RFC 2045 §6.8
  static final int LINE_BYTES = LINE_CHARACTERS / 4 * 3;
  static final byte[] CRLF = {'\r', '\n'};

  /** For bytes from an offset up to another. */
  public sealed interface Edit {
    long from();

    long to();

    /** What it puts there. */
    long sizeBytes();

    /** The bytes go, others come. */
    record Replace(long from, long to, byte[] by) implements Edit {
      @Override
      public long sizeBytes() {
        return by.length;
      }
    }

    /** The bytes become lines of base64; the last has no line break of its own. */
    record Encode(long from, long to) implements Edit {
      @Override
      public long sizeBytes() {
        long bytes = to - from;
        long breaks = bytes == 0 ? 0 : (bytes - 1) / LINE_BYTES;
        return (bytes + 2) / 3 * 4 + breaks * CRLF.length;
      }
    }
  }

  public BinaryPlan {
    edits = List.copyOf(edits);
  }

  static BinaryPlan of(List<Edit> edits, long originalBytes) {
    long size = originalBytes;
    for (Edit edit : edits) {
      size += edit.sizeBytes() - (edit.to() - edit.from());
    }
    return new BinaryPlan(edits, size);
  }

  /** Whether the message is one of lines as it is. */
  public boolean isEmpty() {
    return edits.isEmpty();
  }

  static Base64.Encoder encoder() {
    return Base64.getMimeEncoder(LINE_CHARACTERS, CRLF);
  }
}
