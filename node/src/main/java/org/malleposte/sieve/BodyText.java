package org.malleposte.sieve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimeScanner;
import org.malleposte.mime.MimeText;

/** What {@code body} looks at (RFC 5173), up to {@link SieveLimits#BODY_MAX_CHARACTERS}. */
final class BodyText {
  private BodyText() {}

  /** The bytes behind the header. Blocks on the disk. */
  static String raw(MailView mail) throws IOException {
    try (var in = mail.open()) {
      in.skipNBytes(Math.min(mail.headerBytes(), mail.sizeBytes()));
      byte[] bytes = in.readNBytes(SieveLimits.BODY_MAX_CHARACTERS);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** The text parts as a person reads them, without HTML's marks. Blocks on the disk. */
  static List<String> texts(MailView mail) throws IOException {
    return leaves(mail, BodyText::isText);
  }

  /**
   * The parts of some types, decoded. Blocks on the disk.
   *
   * @param types as {@code text/plain} or {@code text}; empty: all
   */
  static List<String> contents(MailView mail, List<String> types) throws IOException {
    return leaves(mail, part -> types.stream().anyMatch(type -> isOf(part, type)));
  }

  private static boolean isText(MimePart part) {
    return type(part).startsWith("text/");
  }

  // RFC 5173 §5.2: a slash at an end, or two, match nothing.
  private static boolean isOf(MimePart part, String wanted) {
    String type = wanted.toLowerCase(Locale.ROOT);
    String is = type(part);
    return type.isEmpty() || type.equals(is) || type.indexOf('/') < 0 && is.startsWith(type + "/");
  }

  private static String type(MimePart part) {
    return part.type()
        .map(t -> (t.type() + "/" + t.subtype()).toLowerCase(Locale.ROOT))
        .orElse("text/plain");
  }

  private static List<String> leaves(MailView mail, Predicate<MimePart> isMeant)
      throws IOException {
    var leaves = new ArrayList<MimePart>();
    try (var in = mail.open()) {
      collect(MimeScanner.scan(in), leaves);
    }
    var texts = new ArrayList<String>();
    int left = SieveLimits.BODY_MAX_CHARACTERS;
    try (var in = mail.open()) {
      long at = 0;
      for (var part : leaves) {
        if (left > 0 && isMeant.test(part)) {
          in.skipNBytes(part.bodyStart() - at);
          byte[] bytes = in.readNBytes((int) Math.min(part.bodyBytes(), 2L * left));
          at = part.bodyStart() + bytes.length;
          String text = read(part, new ByteArrayInputStream(bytes), left);
          left -= text.length();
          texts.add(type(part).equals("text/html") ? withoutMarks(text) : text);
        }
      }
    }
    return texts;
  }

  private static void collect(MimePart part, List<MimePart> leaves) {
    switch (part.kind()) {
      case MimePart.Kind.Leaf _ -> leaves.add(part);
      case MimePart.Kind.Multipart(var parts) -> parts.forEach(p -> collect(p, leaves));
      case MimePart.Kind.Embedded(var message) -> collect(message, leaves);
    }
  }

  private static String read(MimePart part, InputStream body, int max) throws IOException {
    var text = new StringBuilder();
    var chunk = new char[8192];
    try (var reader = MimeText.open(part, body)) {
      for (int n = reader.read(chunk); n >= 0 && text.length() < max; n = reader.read(chunk)) {
        text.append(chunk, 0, Math.min(n, max - text.length()));
      }
    }
    return text.toString();
  }

  private static String withoutMarks(String html) {
    var text = new StringBuilder(html.length());
    boolean inMark = false;
    for (int i = 0; i < html.length(); i++) {
      char c = html.charAt(i);
      if (c == '<') {
        inMark = true;
      } else if (c == '>' && inMark) {
        inMark = false;
      } else if (!inMark) {
        text.append(c);
      }
    }
    return text.toString();
  }
}
