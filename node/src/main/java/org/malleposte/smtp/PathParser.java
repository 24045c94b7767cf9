package org.malleposte.smtp;

import static org.malleposte.smtp.SmtpCommandParser.faulty;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.smtp.SmtpCommand.Fault;

/** Reads what follows MAIL and RCPT: a path and parameters (RFC 5321 §4.1.2). Pure. */
final class PathParser {
  /** Stands for the node's own, which a parser does not know. */
  private static final Domain NOWHERE = Domain.of("localhost");

  private PathParser() {}

  static SmtpCommand mail(String rest) {
    int start = afterKeyword(rest, "FROM:");
    int end = start < 0 ? -1 : pathEnd(rest, start);
    if (end < 0) {
      return faulty(start < 0 ? Fault.PATH_SYNTAX : Fault.SENDER_SYNTAX);
    }
    String path = mailbox(rest.substring(start, end));
    try {
      return mail(path, Parameters.ofMail(words(rest, end)));
    } catch (Parameters.BadParameter e) {
      return faulty(e.fault());
    }
  }

  private static SmtpCommand mail(String path, MailParameters parameters) {
    if (path.isEmpty()) {
      return new SmtpCommand.Mail(ReversePath.NULL, parameters);
    }
    if (path.indexOf('@') < 0) {
      return faulty(Fault.SENDER_WITHOUT_DOMAIN);
    }
    if (!parameters.smtpUtf8() && !isAscii(path)) {
      return faulty(Fault.ADDRESS_NOT_ASCII);
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
    String path = mailbox(rest.substring(start, end));
    try {
      return rcpt(path, Parameters.ofRcpt(words(rest, end)));
    } catch (Parameters.BadParameter e) {
      return faulty(e.fault());
    }
  }

  private static SmtpCommand rcpt(String path, OfRecipient dsn) {
    try {
      return new SmtpCommand.Rcpt(
          path.indexOf('@') < 0
              ? new ForwardPath.Bare(EmailAddress.lenient(path, NOWHERE).localPart(), isAscii(path))
              : new ForwardPath.Mailbox(recipient(path), isAscii(path)),
          dsn);
    } catch (IllegalArgumentException e) {
      return faulty(Fault.RECIPIENT_SYNTAX);
    }
  }

  private static EmailAddress recipient(String path) {
    int at = path.lastIndexOf('@');
    return EmailAddress.lenient(path.substring(0, at), Domain.of(path.substring(at + 1)));
  }

  private static boolean isAscii(String path) {
    return path.chars().allMatch(c -> c < 0x80);
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
}
