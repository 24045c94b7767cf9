package org.malleposte.sieve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.malleposte.sieve.Text.Part;

/**
 * Finds variables (RFC 5229 §3) and encoded characters (RFC 5228 §2.4.2.4) in a string. What only
 * looks like one is text.
 */
final class TextReader {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]{1,4}))}");
  private static final String SPACE = "[ \\t\\r\\n]+";

  private TextReader() {}

  static Text withVariables(String value) {
    if (!value.contains("${")) {
      return Text.of(value);
    }
    var parts = new ArrayList<Part>();
    Matcher found = VARIABLE.matcher(value);
    int from = 0;
    while (found.find()) {
      if (found.start() > from) {
        parts.add(new Part.Literal(value.substring(from, found.start())));
      }
      parts.add(
          found.group(1) != null
              ? new Part.Variable(found.group(1).toLowerCase(Locale.ROOT))
              : new Part.Matched(Integer.parseInt(found.group(2))));
      from = found.end();
    }
    if (parts.isEmpty()) {
      return Text.of(value);
    }
    if (from < value.length()) {
      parts.add(new Part.Literal(value.substring(from)));
    }
    return new Text.Composed(parts);
  }

  /** Encoded characters become what they stand for; empty: one stands for no character. */
  static Optional<String> decoded(String value) {
    var text = new StringBuilder();
    int from = 0;
    for (int at = value.indexOf("${"); at >= 0; at = value.indexOf("${", from)) {
      int end = value.indexOf('}', at);
      if (end < 0) {
        break;
      }
      String inner = value.substring(at + 2, end);
      text.append(value, from, at);
      if (!isEncoded(inner)) {
        text.append("${");
        from = at + 2;
        continue;
      }
      var decoded = decode(inner);
      if (decoded.isEmpty()) {
        return Optional.empty();
      }
      text.append(decoded.get());
      from = end + 1;
    }
    return Optional.of(text.append(value, from, value.length()).toString());
  }

  private static boolean isEncoded(String inner) {
    int colon = inner.indexOf(':');
    if (colon < 0) {
      return false;
    }
    int maxDigits =
        switch (inner.substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "hex" -> 2;
          case "unicode" -> 6;
          default -> 0;
        };
    String digits = inner.substring(colon + 1).strip();
    return !digits.isEmpty()
        && Stream.of(digits.split(SPACE))
            .allMatch(
                word ->
                    word.length() <= maxDigits
                        && word.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80));
  }

  private static Optional<String> decode(String inner) {
    int colon = inner.indexOf(':');
    String[] words = inner.substring(colon + 1).strip().split(SPACE);
    return inner.substring(0, colon).equalsIgnoreCase("hex") ? bytes(words) : points(words);
  }

  private static Optional<String> bytes(String[] words) {
    byte[] bytes = new byte[words.length];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = (byte) Integer.parseInt(words[i], 16);
    }
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return Optional.of(decoder.decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> points(String[] words) {
    var text = new StringBuilder();
    for (String word : words) {
      int point = Integer.parseInt(word, 16);
      if (point > Character.MAX_CODE_POINT || point >= 0xD800 && point <= 0xDFFF) {
        return Optional.empty();
      }
      text.appendCodePoint(point);
    }
    return Optional.of(text.toString());
  }
}
