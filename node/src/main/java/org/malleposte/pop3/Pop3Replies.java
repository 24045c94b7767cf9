package org.malleposte.pop3;

import java.util.List;
import java.util.Optional;
import org.malleposte.pop3.Pop3Command.Mistake;

/** What the server says, without CRLF. Codes in brackets: RFC 2449 §8, RFC 3206. */
final class Pop3Replies {
  static final String OK = "+OK";
  static final String BYE = "+OK bye";
  static final String GO_AHEAD_TLS = "+OK begin TLS";
  static final String SEND_PASSWORD = "+OK send the password";
  static final String LOGGED_IN = "+OK logged in";

  static final String UTF8 = "+OK UTF-8";
  static final String LANGUAGES = "+OK languages follow";
  static final String ENGLISH = "+OK en English from now on";
  static final String DEFAULT_LANGUAGE = "+OK i-default English from now on";

  static final String NO_SUCH_LANGUAGE = "-ERR no such language";
  static final String LOG_IN_FIRST = "-ERR log in first";
  static final String LOGGED_IN_ALREADY = "-ERR already logged in";
  static final String USER_FIRST = "-ERR send USER first";
  static final String ENCRYPT_FIRST =
      "-ERR [AUTH] no password in clear: use STLS, or the port for TLS";
  static final String NO_SUCH_MECHANISM = "-ERR no such mechanism";
  static final String SASL_CANCELLED = "-ERR authentication cancelled";
  static final String SASL_MALFORMED = "-ERR the mechanism has another form";
  static final String DENIED = "-ERR [AUTH] wrong name or password";
  static final String TOO_MANY_FAILURES = "-ERR [AUTH] wrong name or password, too often";
  static final String TLS_ALREADY = "-ERR already encrypted";
  static final String NO_TLS = "-ERR no TLS here";
  static final String IN_USE = "-ERR [IN-USE] the maildrop is open in another session";
  static final String STORE_FAILED = "-ERR [SYS/TEMP] the mailbox cannot be read now";
  static final String NO_SUCH_MESSAGE = "-ERR no such message";
  static final String MESSAGE_GONE = "-ERR the message was removed by another session";
  static final String NOT_REMOVED = "-ERR [SYS/TEMP] some messages were not removed";
  static final String TOO_MANY_SESSIONS = "-ERR [SYS/TEMP] too many sessions, try later";
  static final String TOO_MANY_MISTAKES = "-ERR too many bad commands";
  static final String SHUTTING_DOWN = "-ERR [SYS/TEMP] shutting down";

  private Pop3Replies() {}

  /**
   * @param apopTimestamp with it in the greeting APOP is announced (RFC 1939 §7)
   */
  static String greeting(String text, Optional<String> apopTimestamp) {
    return "+OK " + text + apopTimestamp.map(t -> " " + t).orElse("");
  }

  static String loginUnavailable(String detail) {
    return "-ERR [SYS/TEMP] " + detail;
  }

  static String mistake(Mistake mistake) {
    return switch (mistake) {
      case UNKNOWN_COMMAND -> "-ERR unknown command";
      case ARGUMENT_MISSING -> "-ERR an argument is missing";
      case ARGUMENT_UNEXPECTED -> "-ERR too many arguments";
      case NOT_A_NUMBER -> "-ERR not a number";
      case NOT_BASE64 -> "-ERR not base 64";
      case LINE_TOO_LONG -> "-ERR line too long";
      case BARE_END_OF_LINE -> "-ERR a line ends in CRLF";
    };
  }

  /** A reply of several lines, ended by a dot. Nothing of ours begins with one. */
  static String lines(String first, List<String> lines) {
    return first + "\r\n" + String.join("", lines.stream().map(l -> l + "\r\n").toList()) + ".";
  }
}
