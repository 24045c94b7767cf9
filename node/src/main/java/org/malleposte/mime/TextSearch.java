package org.malleposte.mime;

import java.io.IOException;
import java.io.Reader;
import java.text.Normalizer;
import java.util.Locale;

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
    String kept = "";
    for (int read = text.read(chunk); read >= 0; read = text.read(chunk)) {
      String window = kept + fold(new String(chunk, 0, read));
      if (window.contains(wanted)) {
        return true;
      }
      kept = window.substring(Math.max(0, window.length() - wanted.length() + 1));
    }
    return wanted.isEmpty();
  }

  private static String fold(String text) {
    String composed =
        Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    return composed.toLowerCase(Locale.ROOT);
  }
}
