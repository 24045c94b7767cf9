package org.malleposte.bounce;

/** The encoding of addresses and ids in DSN parameters (RFC 3461 §4). */
final class Xtext {
  private Xtext() {}

  /** Undone; what is no xtext stays as it is. Control characters become question marks. */
  static String decode(String text) {
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '+' && i + 2 < text.length() ? hex(text, i + 1) : -1;
      if (value < 0) {
        plain.append(c);
      } else {
        plain.append(value >= 0x20 && value < 0x7f ? (char) value : '?');
        i += 2;
      }
    }
    return plain.toString();
  }

  private static int hex(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }
}
