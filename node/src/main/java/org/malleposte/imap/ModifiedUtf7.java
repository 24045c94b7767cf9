package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Mailbox names on the wire (RFC 3501 §5.1.3). */
final class ModifiedUtf7 {
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  private ModifiedUtf7() {}

  static String encode(String name) {
    var out = new StringBuilder(name.length());
    int i = 0;
    while (i < name.length()) {
      char c = name.charAt(i);
      if (isPlain(c)) {
        out.append(c == '&' ? "&-" : String.valueOf(c));
        i++;
        continue;
      }
      int from = i;
      while (i < name.length() && !isPlain(name.charAt(i))) {
        i++;
      }
      byte[] utf16 = name.substring(from, i).getBytes(StandardCharsets.UTF_16BE);
      out.append('&').append(ENCODER.encodeToString(utf16).replace('/', ',')).append('-');
    }
    return out.toString();
  }

  /** Empty when it is not what {@link #encode} could have written. */
  static Optional<String> decode(String written) {
    var out = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c != '&') {
        if (!isPlain(c)) {
          return Optional.empty();
        }
        out.append(c);
        continue;
      }
      int end = written.indexOf('-', i);
      if (end < 0) {
        return Optional.empty();
      }
      if (end == i + 1) {
        out.append('&');
      } else if (!decodeRun(written.substring(i + 1, end), out)) {
        return Optional.empty();
      }
      i = end;
    }
    // One name must not have two spellings: a client could not find what it created.
    return encode(out.toString()).equals(written) ? Optional.of(out.toString()) : Optional.empty();
  }

  private static boolean decodeRun(String run, StringBuilder out) {
    try {
      byte[] utf16 = Base64.getDecoder().decode(run.replace(',', '/'));
      if (utf16.length % 2 != 0) {
        return false;
      }
      out.append(new String(utf16, StandardCharsets.UTF_16BE));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c <= 0x7e;
  }
}
