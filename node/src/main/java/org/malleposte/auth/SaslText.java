package org.malleposte.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/** Text in SASL: UTF-8 that is whole, and SASLprep. */
final class SaslText {
  private SaslText() {}

  /** Empty when it is no UTF-8, or has a NUL in it. */
  static Optional<String> decode(byte[] bytes) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * What SASLprep maps (RFC 4013 §2.1, §2.2), so that two keyboards write one password. It
   * prohibits nothing: what cannot be a password fits none.
   */
  static String prepare(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    var mapped = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> !isMappedToNothing(c))
        .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
        .forEach(mapped::appendCodePoint);
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
  }

  /** RFC 3454 appendix B.1. */
  private static boolean isMappedToNothing(int c) {
    return switch (c) {
      case 0x00ad, 0x034f, 0x1806, 0x180b, 0x180c, 0x180d, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff ->
          true;
      default -> c >= 0xfe00 && c <= 0xfe0f;
    };
  }
}
