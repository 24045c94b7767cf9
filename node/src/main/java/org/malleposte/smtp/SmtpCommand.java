package org.malleposte.smtp;

import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.ReversePath;

/** One line of the client, understood as far as syntax goes. */
public sealed interface SmtpCommand {
  record Helo(String name) implements SmtpCommand {}

  record Ehlo(String name) implements SmtpCommand {}

  /** EHLO of LMTP (RFC 2033 §4.1). */
  record Lhlo(String name) implements SmtpCommand {}

  record Mail(ReversePath from, MailParameters parameters) implements SmtpCommand {}

  /**
   * @param dsn RFC 3461 §4
   */
  record Rcpt(ForwardPath to, OfRecipient dsn) implements SmtpCommand {}

  record Data() implements SmtpCommand {}

  /**
   * The octets follow it at once (RFC 3030 §2).
   *
   * @param last it ends the message
   */
  record Bdat(long octets, boolean last) implements SmtpCommand {}

  record Rset() implements SmtpCommand {}

  record Noop() implements SmtpCommand {}

  record Quit() implements SmtpCommand {}

  record Help() implements SmtpCommand {}

  /**
   * @param who a local-part, or an address with or without angle brackets
   */
  record Vrfy(String who) implements SmtpCommand {}

  /**
   * @param list as for {@link Vrfy}
   */
  record Expn(String list) implements SmtpCommand {}

  /**
   * What waits for a domain is to be sent now (RFC 1985).
   *
   * @param subdomains those below it too, {@code ETRN @domain}
   */
  record Etrn(Domain domain, boolean subdomains) implements SmtpCommand {}

  record StartTls() implements SmtpCommand {}

  /**
   * @param initial still in base64 (RFC 4954 §4)
   */
  record Auth(String mechanism, Optional<String> initial) implements SmtpCommand {
    /** Without the response, which may hold a password. */
    @Override
    public String toString() {
      return "Auth[" + mechanism + "]";
    }
  }

  /** Another protocol, such as a web browser that was led here: hang up before it does harm. */
  record OtherProtocol() implements SmtpCommand {}

  record Unknown() implements SmtpCommand {}

  /** A line that is no proper command. */
  record Faulty(Fault fault) implements SmtpCommand {}

  /** What is wrong with a line. */
  enum Fault {
    LINE_TOO_LONG,
    BARE_END_OF_LINE,
    CHARACTER_NOT_ALLOWED,
    PARAMETER_MISSING,
    NO_PARAMETER_ALLOWED,
    HELLO_NAME,
    PATH_SYNTAX,
    SENDER_SYNTAX,
    SENDER_WITHOUT_DOMAIN,
    RECIPIENT_SYNTAX,
    ADDRESS_NOT_ASCII,
    PARAMETER_UNKNOWN,
    PARAMETER_VALUE
  }
}
