package org.malleposte.sieve;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text as the value of a field: in ASCII, in encoded words where it must be (RFC 2047). */
public final class HeaderText {
  private static final int LINE_CHARACTERS = 76;
  private static final int WORD_BYTES = 42;

  private HeaderText() {}

  /**
   * A whole field with its CRLF; folded. Control characters become spaces, so that no text of a
   * script can make a second field.
   */
  public static String field(String name, String value) {
    String clean = clean(value);
    return name + ": " + folded(name.length() + 2, encoded(clean)) + "\r\n";
  }

  /** One line without control characters. */
  static String clean(String value) {
    var text = new StringBuilder(value.length());
    value
        .strip()
        .codePoints()
        .forEach(c -> text.appendCodePoint(c < 0x20 || c >= 0x7f && c < 0xa0 ? ' ' : c));
    return text.toString();
  }

  private static String encoded(String value) {
    if (value.chars().allMatch(c -> c < 0x7f)) {
      return value;
    }
    var words = new StringBuilder();
    var piece = new StringBuilder();
    int bytes = 0;
    for (int point : value.codePoints().toArray()) {
      String character = Character.toString(point);
      int length = character.getBytes(StandardCharsets.UTF_8).length;
      if (bytes + length > WORD_BYTES) {
        word(words, piece);
        bytes = 0;
      }
      piece.append(character);
      bytes += length;
    }
    word(words, piece);
    return words.toString();
  }

  private static void word(StringBuilder words, StringBuilder piece) {
    byte[] bytes = piece.toString().getBytes(StandardCharsets.UTF_8);
    words.append(words.isEmpty() ? "" : " ").append("=?utf-8?B?");
    words.append(Base64.getEncoder().encodeToString(bytes)).append("?=");
    piece.setLength(0);
  }

  private static String folded(int column, String value) {
    var text = new StringBuilder();
    int at = column;
    for (String word : value.split(" ", -1)) {
      boolean first = text.isEmpty();
      boolean fits = at + 1 + word.length() <= LINE_CHARACTERS;
      // A line of white space alone would not be a fold.
      text.append(first ? "" : fits || word.isEmpty() ? " " : "\r\n ").append(word);
      at = (first || fits || word.isEmpty() ? at + 1 : 1) + word.length();
    }
    return text.toString();
  }
}
