package org.malleposte.mime;

import java.nio.charset.StandardCharsets;

/**
 * One field of a header.
 *
 * @param name as written, without the white space before the colon; a line without a colon is a
 *     field whose name is the line
 * @param raw the field's bytes from its first to its last line break; one character a byte
 */
public record HeaderField(String name, String raw) {
  public boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }

  /**
   * What follows the colon: unfolded (a line break and the white space after it become one space),
   * without white space at its ends; one character a byte.
   */
  public String value() {
    int colon = raw.indexOf(':');
    return colon < 0 ? "" : unfold(raw, colon + 1);
  }

  /** The bytes as they stand in the message. */
  public byte[] bytes() {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String unfold(String text, int from) {
    var value = new StringBuilder(text.length() - from);
    boolean folding = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        folding = true;
        trimRight(value);
      } else if (folding && (c == ' ' || c == '\t')) {
        continue;
      } else {
        if (folding && !value.isEmpty()) {
          value.append(' ');
        }
        folding = false;
        value.append(c);
      }
    }
    return value.toString().strip();
  }

  private static void trimRight(StringBuilder value) {
    int end = value.length();
    while (end > 0 && " \t\r".indexOf(value.charAt(end - 1)) >= 0) {
      end--;
    }
    value.setLength(end);
  }
}
