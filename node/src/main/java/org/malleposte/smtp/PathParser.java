package org.malleposte.smtp;

import static org.malleposte.smtp.SmtpCommandParser.faulty;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.ReversePath;
import org.malleposte.smtp.SmtpCommand.Fault;

/** Reads what follows MAIL and RCPT: a path and parameters (RFC 5321 §4.1.2). Pure. */
final class PathParser {
  private static final int SIZE_MAX_DIGITS = 20; // RFC 1870 §5

  private PathParser() {}

  static SmtpCommand mail(String rest) {
    int start = afterKeyword(rest, "FROM:");
    int end = start < 0 ? -1 : pathEnd(rest, start);
    if (end < 0) {
      return faulty(start < 0 ? Fault.PATH_SYNTAX : Fault.SENDER_SYNTAX);
    }
    String path = mailbox(rest.substring(start, end));
    MailParameters parameters = MailParameters.NONE;
    for (String word : words(rest, end)) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      String value = equals < 0 ? "" : word.substring(equals + 1);
      MailParameters next = with(parameters, key, value);
      if (next == null) {
        return faulty(isKnown(key) ? Fault.PARAMETER_VALUE : Fault.PARAMETER_UNKNOWN);
      }
      parameters = next;
    }
    if (path.isEmpty()) {
      return new SmtpCommand.Mail(ReversePath.NULL, parameters);
    }
    if (path.indexOf('@') < 0) {
      return faulty(Fault.SENDER_WITHOUT_DOMAIN);
    }
    try {
      return new SmtpCommand.Mail(ReversePath.of(EmailAddress.parse(path)), parameters);
    } catch (IllegalArgumentException e) {
      return faulty(Fault.SENDER_SYNTAX);
    }
  }

  static SmtpCommand rcpt(String rest) {
    int start = afterKeyword(rest, "TO:");
    int end = start < 0 ? -1 : pathEnd(rest, start);
    if (end < 0) {
      return faulty(start < 0 ? Fault.PATH_SYNTAX : Fault.RECIPIENT_SYNTAX);
    }
    if (!words(rest, end).isEmpty()) {
      return faulty(Fault.PARAMETER_UNKNOWN);
    }
    String path = mailbox(rest.substring(start, end));
    if (path.equalsIgnoreCase("postmaster")) {
      return new SmtpCommand.Rcpt(new ForwardPath.Postmaster());
    }
    if (path.indexOf('@') < 0) {
      return faulty(path.isEmpty() ? Fault.RECIPIENT_SYNTAX : Fault.RECIPIENT_WITHOUT_DOMAIN);
    }
    try {
      return new SmtpCommand.Rcpt(new ForwardPath.Mailbox(EmailAddress.parse(path)));
    } catch (IllegalArgumentException e) {
      return faulty(Fault.RECIPIENT_SYNTAX);
    }
  }

  /** Where the path begins; old programs put a space before it, and sendmail takes that. */
  private static int afterKeyword(String rest, String keyword) {
    if (!rest.regionMatches(true, 0, keyword, 0, keyword.length())) {
      return -1;
    }
    int at = keyword.length();
    while (at < rest.length() && rest.charAt(at) == ' ') {
      at++;
    }
    return at < rest.length() ? at : -1;
  }

  /** Behind the {@code >}, or behind the word when there are no brackets; -1 when unfinished. */
  private static int pathEnd(String rest, int start) {
    boolean bracket = rest.charAt(start) == '<';
    boolean quoted = false;
    for (int i = start; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && bracket && c == '>') {
        boolean wordEnds = i + 1 == rest.length() || rest.charAt(i + 1) == ' ';
        return wordEnds ? i + 1 : -1;
      } else if (!quoted && !bracket && c == ' ') {
        return i;
      }
    }
    return bracket || quoted ? -1 : rest.length();
  }

  /** The address in a path: a source route is dropped (RFC 5321 §4.1.1.3). */
  private static String mailbox(String path) {
    String inner = path.startsWith("<") ? path.substring(1, path.length() - 1) : path;
    if (inner.startsWith("@")) {
      int colon = inner.indexOf(':');
      // Without a colon it stays what it is: no address.
      return colon < 0 ? inner : inner.substring(colon + 1);
    }
    return inner;
  }

  private static List<String> words(String rest, int from) {
    var words = new ArrayList<String>(2);
    int at = from;
    while (at < rest.length()) {
      int space = rest.indexOf(' ', at);
      int end = space < 0 ? rest.length() : space;
      if (end > at) {
        words.add(rest.substring(at, end));
      }
      at = end + 1;
    }
    return words;
  }

  private static boolean isKnown(String key) {
    return key.equalsIgnoreCase("SIZE")
        || key.equalsIgnoreCase("BODY")
        || key.equalsIgnoreCase("AUTH");
  }

  /** Null when the key or its value is not one. */
  private static MailParameters with(MailParameters before, String key, String value) {
    if (key.equalsIgnoreCase("SIZE")) {
      OptionalLong size = size(value);
      return size.isEmpty() ? null : new MailParameters(size, before.body());
    }
    if (key.equalsIgnoreCase("BODY")) {
      if (value.equalsIgnoreCase("7BIT")) {
        return new MailParameters(before.sizeBytes(), BodyType.SEVEN_BIT);
      }
      return value.equalsIgnoreCase("8BITMIME")
          ? new MailParameters(before.sizeBytes(), BodyType.EIGHT_BIT_MIME)
          : null;
    }
    // Whom the client trusts says nothing here (RFC 4954 §5): read, checked, and left unused.
    return key.equalsIgnoreCase("AUTH") && isXtext(value) ? before : null;
  }

  private static OptionalLong size(String value) {
    if (value.isEmpty() || value.length() > SIZE_MAX_DIGITS) {
      return OptionalLong.empty();
    }
    long size = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return OptionalLong.empty();
      }
      size = size > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : size * 10 + digit;
    }
    return OptionalLong.of(size);
  }

  /** RFC 3461 §4: printable ASCII but {@code =}, and {@code +HH}. */
  private static boolean isXtext(String value) {
    if (value.isEmpty()) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '+') {
        if (i + 2 >= value.length() || !isHex(value.charAt(i + 1)) || !isHex(value.charAt(i + 2))) {
          return false;
        }
      } else if (c < '!' || c > '~' || c == '=') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(char c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
  }
}
