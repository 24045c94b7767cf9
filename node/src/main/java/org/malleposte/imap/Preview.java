package org.malleposte.imap;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.malleposte.mime.BoundedStream;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimeText;
import org.malleposte.mime.MimeType;

/** The beginning of what a person would read (RFC 8970 §3.2). Blocks on disk. */
final class Preview {
  /** Code points that are shown. */
  private static final int MAX_CODE_POINTS = 200;

  /** Characters that are read to find them: white space and tags do not count. */
  private static final int READ_MAX_CHARACTERS = 16 * 1024;

  private final StringBuilder out = new StringBuilder();
  private int codePoints;
  private boolean spaceWaits;

  private Preview() {}

  /**
   * @return one character a byte, of UTF-8; empty text where there is none to read
   */
  static String of(MimePart message, BodyReader body) throws IOException {
    var preview = new Preview();
    Optional<MimePart> part = first(message, "plain").or(() -> first(message, "html"));
    if (part.isPresent()) {
      MimePart text = part.get();
      var bytes = new BoundedStream(body.from(text.bodyStart()), text.bodyBytes());
      preview.read(MimeText.open(text, bytes), isHtml(text));
    }
    byte[] utf8 = preview.out.toString().getBytes(StandardCharsets.UTF_8);
    return new String(utf8, StandardCharsets.ISO_8859_1);
  }

  private static Optional<MimePart> first(MimePart part, String subtype) {
    return switch (part.kind()) {
      case MimePart.Kind.Leaf _ ->
          part.isText() && subtype(part).equalsIgnoreCase(subtype)
              ? Optional.of(part)
              : Optional.empty();
      case MimePart.Kind.Multipart(var parts) -> {
        for (var child : parts) {
          var found = first(child, subtype);
          if (found.isPresent()) {
            yield found;
          }
        }
        yield Optional.empty();
      }
      case MimePart.Kind.Embedded(var message) -> first(message, subtype);
    };
  }

  private static boolean isHtml(MimePart part) {
    return subtype(part).equalsIgnoreCase("html");
  }

  private static String subtype(MimePart part) {
    return part.type().map(MimeType::subtype).orElse("plain");
  }

  private void read(Reader text, boolean html) throws IOException {
    boolean inTag = false;
    for (int i = 0; i < READ_MAX_CHARACTERS && codePoints < MAX_CODE_POINTS; i++) {
      int c = text.read();
      if (c < 0) {
        break;
      }
      if (html && c == '<') {
        inTag = true;
      } else if (inTag) {
        inTag = c != '>';
        spaceWaits = true;
      } else {
        add((char) c);
      }
    }
    if (!out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1))) {
      out.setLength(out.length() - 1);
    }
  }

  private void add(char c) {
    if (Character.isWhitespace(c) || Character.isISOControl(c) || c == '\u00a0') {
      spaceWaits = true;
      return;
    }
    if (spaceWaits && !out.isEmpty()) {
      out.append(' ');
      codePoints++;
    }
    spaceWaits = false;
    out.append(c);
    codePoints += Character.isHighSurrogate(c) ? 0 : 1;
  }
}
