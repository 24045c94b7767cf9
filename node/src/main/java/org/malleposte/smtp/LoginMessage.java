package org.malleposte.smtp;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * The greeting: sendmail's {@code confSMTP_LOGIN_MSG}, with {@code $j} (this host's name), {@code
 * $w} and {@code $m} (its first label, the rest), {@code $b} (the date) and {@code $v}, {@code $Z}
 * (the program's version).
 *
 * @param template may have several lines
 */
public record LoginMessage(String template, String version) {
  /** What a node says whose postmaster says nothing; {@code ESMTP} is put in by itself. */
  public static final String DEFAULT = "$j Malleposte";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss '+0000'", Locale.US)
          .withZone(ZoneOffset.UTC);

  public LoginMessage {
    Objects.requireNonNull(template);
    Objects.requireNonNull(version);
  }

  /**
   * RFC 5321 §4.2: 220, the name first; as with sendmail, the protocol is the second word.
   *
   * @param protocol {@code ESMTP} or {@code LMTP}
   */
  SmtpReply reply(Domain name, String protocol, Instant now) {
    List<String> lines = new ArrayList<>();
    for (String line : expand(name, now).split("\n")) {
      String plain = line.strip();
      if (!plain.isEmpty()) {
        lines.add(plain);
      }
    }
    String first = lines.isEmpty() ? name.name() : lines.removeFirst();
    int blank = first.indexOf(' ');
    lines.addFirst(
        blank < 0
            ? first + " " + protocol
            : first.substring(0, blank) + " " + protocol + first.substring(blank));
    return new SmtpReply(220, Optional.empty(), lines);
  }

  private String expand(Domain name, Instant now) {
    var text = new StringBuilder();
    for (int at = 0; at < template.length(); at++) {
      char c = template.charAt(at);
      if (c != '$' || at + 1 == template.length()) {
        text.append(c >= ' ' && c < 0x7f || c == '\n' ? c : ' ');
      } else {
        text.append(macro(template.charAt(++at), name.name(), now));
      }
    }
    return text.toString();
  }

  /** An unknown macro is empty, as with sendmail. */
  private String macro(char letter, String name, Instant now) {
    int dot = name.indexOf('.');
    return switch (letter) {
      case 'j' -> name;
      case 'w' -> dot < 0 ? name : name.substring(0, dot);
      case 'm' -> name.substring(dot + 1);
      case 'b' -> DATE.format(now);
      case 'v', 'Z' -> version;
      case '$' -> "$";
      default -> "";
    };
  }
}
