package org.malleposte.mime;

import java.io.IOException;
import java.io.Reader;
import java.text.Normalizer;

/** Looks for a text in another, without regard to case and to how letters are composed. */
public final class TextSearch {
  private static final int CHUNK_CHARACTERS = 8 * 1024;

  private final String wanted;

  public TextSearch(String wanted) {
    this.wanted = fold(wanted);
  }

  public boolean isIn(String text) {
    return fold(text).contains(wanted);
  }

  /** Reads {@code text} as far as needed; keeps only a window of it. Blocks on it. */
  public boolean isIn(Reader text) throws IOException {
    var chunk = new char[CHUNK_CHARACTERS];
    var unfolded = new StringBuilder();
    String kept = "";
    int read;
    do {
      read = text.read(chunk);
      unfolded.append(chunk, 0, Math.max(0, read));
      int end = read < 0 ? unfolded.length() : lastBeginning(unfolded);
      String window = kept + fold(unfolded.substring(0, end));
      if (window.contains(wanted)) {
        return true;
      }
      unfolded.delete(0, end);
      kept = window.substring(Math.max(0, window.length() - wanted.length() + 1));
    } while (read >= 0);
    return false;
  }

  /**
   * Where the last letter begins: it may go on in the next chunk, by the other half of a pair or by
   * marks that compose with it. One that is longer than a chunk is cut.
   */
  private static int lastBeginning(StringBuilder text) {
    int at = text.length() - 1;
    while (at > 0 && goesOn(text.charAt(at))) {
      at--;
    }
    return text.length() - at > CHUNK_CHARACTERS ? text.length() : Math.max(0, at);
  }

  /** Whether it is a part of the letter before it. */
  private static boolean goesOn(char c) {
    // Marks beyond the first plane are pairs, and a pair is never begun by its second half.
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.SURROGATE ->
          true;
      default -> c >= '\u1160' && c <= '\u11ff'; // Vowels and finals of Hangul.
    };
  }

  /** Letter by letter: to lower case as a whole would make a sigma depend on what follows it. */
  private static String fold(String text) {
    String composed =
        Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    var folded = new StringBuilder(composed.length());
    composed
        .codePoints()
        .forEach(c -> folded.appendCodePoint(Character.toLowerCase(Character.toUpperCase(c))));
    return folded.toString();
  }
}
