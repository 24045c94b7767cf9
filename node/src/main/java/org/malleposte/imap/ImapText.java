package org.malleposte.imap;

/** Strings as IMAP writes them (RFC 3501 §4), as Dovecot chooses between the ways. */
final class ImapText {
  /** With more to escape than this, a literal is used. */
  private static final int ESCAPES_MAX = 4;

  private ImapText() {}

  /**
   * @param text one character a byte
   */
  static String string(String text) {
    int escapes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escapes++;
      }
      if (c == '\r' || c == '\n' || c == 0 || c >= 0x80 || escapes > ESCAPES_MAX) {
        return "{" + text.length() + "}\r\n" + text.replace('\0', '\u0080');
      }
    }
    return quoted(text);
  }

  /** An atom where that is possible. */
  static String astring(String text) {
    boolean atom = !text.isEmpty() && !text.equalsIgnoreCase("NIL");
    for (int i = 0; atom && i < text.length(); i++) {
      char c = text.charAt(i);
      atom = c > 0x20 && c < 0x7f && "(){%*\"\\".indexOf(c) < 0;
    }
    return atom ? text : string(text);
  }

  private static String quoted(String text) {
    var out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }
}
