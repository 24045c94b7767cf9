package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** The collation {@code i;unicode-casemap} (RFC 5051 §2): texts are equal if these bytes are. */
final class UnicodeCasemap {
  private UnicodeCasemap() {}

  static byte[] bytes(String text) {
    var titled = new StringBuilder(text.length());
    text.codePoints().forEach(c -> titled.appendCodePoint(Character.toTitleCase(c)));
    return Normalizer.normalize(titled, Normalizer.Form.NFKD).getBytes(StandardCharsets.UTF_8);
  }
}
