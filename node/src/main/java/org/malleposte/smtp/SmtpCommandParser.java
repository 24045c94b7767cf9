package org.malleposte.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.smtp.SmtpCommand.Fault;

/** Reads command lines (RFC 5321 §4.1.1). Pure; whole command lines in, one command out. */
final class SmtpCommandParser {
  /** RFC 5321 §4.5.3.1.4 says 512; extensions add to it, sendmail takes 2048. */
  static final int COMMAND_MAX_OCTETS = 2048;

  /** An AUTH command and a response of a SASL exchange, with CRLF (RFC 4954 §4). */
  static final int AUTH_MAX_OCTETS = 12288;

  /** What follows is a message of unknown length, and must not be taken for commands. */
  private static final SmtpCommand ENDLESS_CHUNK = new SmtpCommand.Bdat(Long.MAX_VALUE, true);

  private SmtpCommandParser() {}

  /**
   * @param line without its CRLF
   */
  static SmtpCommand parse(byte[] line) {
    String text = decode(line);
    if (text == null) {
      return faulty(Fault.CHARACTER_NOT_ALLOWED);
    }
    int space = text.indexOf(' ');
    String verb = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    String rest = space < 0 ? "" : text.substring(space + 1).strip();
    if (verb.startsWith("BDAT") && (!verb.equals("BDAT") || line.length + 2 > COMMAND_MAX_OCTETS)) {
      return ENDLESS_CHUNK;
    }
    if (line.length + 2 > COMMAND_MAX_OCTETS && !verb.equals("AUTH")) {
      return faulty(Fault.LINE_TOO_LONG);
    }
    return switch (verb) {
      case "MAIL" -> PathParser.mail(rest);
      case "RCPT" -> PathParser.rcpt(rest);
      case "DATA" -> bare(rest, new SmtpCommand.Data());
      case "BDAT" -> bdat(rest);
      case "EHLO" -> isHelloName(rest) ? new SmtpCommand.Ehlo(rest) : helloFault(rest);
      case "HELO" -> isHelloName(rest) ? new SmtpCommand.Helo(rest) : helloFault(rest);
      case "LHLO" -> isHelloName(rest) ? new SmtpCommand.Lhlo(rest) : helloFault(rest);
      case "RSET" -> bare(rest, new SmtpCommand.Rset());
      case "NOOP" -> new SmtpCommand.Noop();
      case "QUIT" -> bare(rest, new SmtpCommand.Quit());
      case "HELP" -> new SmtpCommand.Help();
      case "VRFY" -> vrfy(rest);
      case "EXPN" -> rest.isEmpty() ? faulty(Fault.PARAMETER_MISSING) : new SmtpCommand.Expn(rest);
      case "ETRN" -> etrn(rest);
      case "STARTTLS" -> bare(rest, new SmtpCommand.StartTls());
      case "AUTH" -> auth(rest);
      case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT" -> new SmtpCommand.OtherProtocol();
      default -> new SmtpCommand.Unknown();
    };
  }

  private static SmtpCommand auth(String rest) {
    int space = rest.indexOf(' ');
    if (rest.isEmpty()) {
      return faulty(Fault.PARAMETER_MISSING);
    }
    return space < 0
        ? new SmtpCommand.Auth(rest, Optional.empty())
        : new SmtpCommand.Auth(
            rest.substring(0, space), Optional.of(rest.substring(space + 1).strip()));
  }

  private static SmtpCommand bare(String rest, SmtpCommand command) {
    return rest.isEmpty() ? command : faulty(Fault.NO_PARAMETER_ALLOWED);
  }

  /** RFC 6531 §3.7.4.2 lets SMTPUTF8 follow: our replies are ASCII with it, too. */
  private static SmtpCommand vrfy(String rest) {
    String suffix = " SMTPUTF8";
    int end = rest.length() - suffix.length();
    boolean utf8 = end > 0 && rest.regionMatches(true, end, suffix, 0, suffix.length());
    return rest.isEmpty()
        ? faulty(Fault.PARAMETER_MISSING)
        : new SmtpCommand.Vrfy(utf8 ? rest.substring(0, end).strip() : rest);
  }

  /** RFC 3030 §2: {@code BDAT octets [LAST]}. */
  private static SmtpCommand bdat(String rest) {
    int space = rest.indexOf(' ');
    String octets = space < 0 ? rest : rest.substring(0, space);
    String end = space < 0 ? "" : rest.substring(space + 1).strip();
    boolean isNumber = !octets.isEmpty() && Parameters.isDigits(octets);
    if (!isNumber || !end.isEmpty() && !end.equalsIgnoreCase("LAST")) {
      return ENDLESS_CHUNK;
    }
    return new SmtpCommand.Bdat(Parameters.number(octets), !end.isEmpty());
  }

  /** RFC 1985 §5.2; queues by name ({@code #name}) there are none. */
  private static SmtpCommand etrn(String rest) {
    boolean subdomains = rest.startsWith("@");
    try {
      return new SmtpCommand.Etrn(Domain.of(subdomains ? rest.substring(1) : rest), subdomains);
    } catch (IllegalArgumentException e) {
      return faulty(rest.isEmpty() ? Fault.PARAMETER_MISSING : Fault.PARAMETER_VALUE);
    }
  }

  private static SmtpCommand helloFault(String rest) {
    return faulty(rest.isEmpty() ? Fault.PARAMETER_MISSING : Fault.HELLO_NAME);
  }

  /**
   * A name or an address literal. What it names is never checked (RFC 5321 §4.1.4), but it goes
   * into our trace header, so it is one word of harmless characters.
   */
  private static boolean isHelloName(String name) {
    if (name.isEmpty() || name.length() > 255) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || "-._:[]+/".indexOf(c) >= 0)) {
        return false;
      }
    }
    return true;
  }

  static SmtpCommand faulty(Fault fault) {
    return new SmtpCommand.Faulty(fault);
  }

  /** Null when there is a control character or no proper UTF-8 in it. */
  private static String decode(byte[] line) {
    int or = 0;
    for (byte b : line) {
      or |= b;
      if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f) {
        return null;
      }
    }
    if (or >= 0) {
      return new String(line, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
