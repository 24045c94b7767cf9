package org.malleposte.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The boundaries that may come next in a message, the outermost first. */
final class BinaryBoundaries {
  /** The boundary at {@code level}, 0 outermost; or -1, the end of the message. */
  record Found(int level, boolean last) {
    static final Found END = new Found(-1, true);

    boolean isEnd() {
      return level < 0;
    }
  }

  private final List<byte[]> open = new ArrayList<>();

  /** Of a multipart; empty when nothing in it can be told apart. */
  static Optional<byte[]> of(MimeType type) {
    return Optional.of(type)
        .filter(MimeType::isMultipart)
        .flatMap(t -> t.parameter("boundary"))
        .map(String::stripTrailing)
        .filter(text -> !text.isEmpty() && text.length() <= MimeLimits.BOUNDARY_MAX_BYTES)
        .map(text -> ("--" + text).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Its level. */
  int open(byte[] boundary) {
    open.add(boundary);
    return open.size() - 1;
  }

  void close(int level) {
    open.remove(level);
  }

  /**
   * Which boundary the line is: all of it, between two CRLFs, but for white space at its end (RFC
   * 2046 §5.1.1).
   */
  Optional<Found> in(BinaryLines line) {
    if (!line.beginsLine() || !line.isLine()) {
      return Optional.empty();
    }
    for (int level = open.size() - 1; level >= 0; level--) {
      byte[] boundary = open.get(level);
      if (begins(line, boundary)) {
        int after = boundary.length;
        boolean last = charAt(line, after) == '-' && charAt(line, after + 1) == '-';
        if (isPadding(line, last ? after + 2 : after)) {
          return Optional.of(new Found(level, last));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a reader to whom a prefix is enough would end a part there. */
  boolean resembles(BinaryLines line) {
    return open.stream().anyMatch(boundary -> begins(line, boundary));
  }

  private static boolean begins(BinaryLines line, byte[] prefix) {
    if (line.keptBytes() < prefix.length) {
      return false;
    }
    byte[] bytes = line.kept();
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPadding(BinaryLines line, int from) {
    int at = from;
    while (charAt(line, at) == ' ' || charAt(line, at) == '\t') {
      at++;
    }
    return at == line.length() || charAt(line, at) == '\r' && at + 2 == line.length();
  }

  private static int charAt(BinaryLines line, int at) {
    return at < line.keptBytes() ? line.kept()[at] : -1;
  }
}
