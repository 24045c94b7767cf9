package org.malleposte.pop3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import org.malleposte.pop3.Pop3Command.Malformed;
import org.malleposte.pop3.Pop3Command.Mistake;

/** One line to one command. Pure; whatever the bytes are, there is an answer. */
final class Pop3CommandParser {
  /** Of a message number or count: more cannot be a number of ours. */
  private static final int MAX_DIGITS = 10;

  private Pop3CommandParser() {}

  /**
   * @param line without its CRLF
   */
  static Pop3Command parse(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    int space = text.indexOf(' ');
    String verb = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    // RFC 1939 §7: the password is all behind the first space, spaces included.
    String rest = space < 0 ? "" : text.substring(space + 1);
    String argument = rest.strip();
    // An initial response may be long (RFC 5034 §4).
    if (line.length + 2 > Pop3Limits.COMMAND_OCTETS && !verb.equals("AUTH")) {
      return new Malformed(Mistake.LINE_TOO_LONG);
    }
    return switch (verb) {
      case "USER" -> argument.isEmpty() ? missing() : new Pop3Command.User(argument);
      case "PASS" -> space < 0 ? missing() : new Pop3Command.Pass(rest);
      case "APOP" -> apop(argument);
      case "AUTH" -> auth(argument);
      case "CAPA" -> alone(argument, new Pop3Command.Capa());
      case "UTF8" -> alone(argument, new Pop3Command.Utf8());
      case "LANG" ->
          argument.indexOf(' ') >= 0
              ? new Malformed(Mistake.ARGUMENT_UNEXPECTED)
              : new Pop3Command.Lang(Optional.of(argument).filter(tag -> !tag.isEmpty()));
      case "STLS" -> alone(argument, new Pop3Command.Stls());
      case "STAT" -> alone(argument, new Pop3Command.Stat());
      case "RSET" -> alone(argument, new Pop3Command.Rset());
      case "NOOP" -> alone(argument, new Pop3Command.Noop());
      case "QUIT" -> alone(argument, new Pop3Command.Quit());
      case "LIST" ->
          argument.isEmpty()
              ? new Pop3Command.ListAll()
              : number(argument, Pop3Command.ListOne::new);
      case "UIDL" ->
          argument.isEmpty()
              ? new Pop3Command.UidlAll()
              : number(argument, Pop3Command.UidlOne::new);
      case "RETR" -> argument.isEmpty() ? missing() : number(argument, Pop3Command.Retr::new);
      case "DELE" -> argument.isEmpty() ? missing() : number(argument, Pop3Command.Dele::new);
      case "TOP" -> top(argument);
      default -> new Malformed(Mistake.UNKNOWN_COMMAND);
    };
  }

  /** A line while the server waits for a SASL response (RFC 5034 §4). */
  static Pop3Command parseSaslResponse(byte[] line) {
    String text = new String(line, StandardCharsets.US_ASCII);
    if (text.equals("*")) {
      return new Pop3Command.SaslCancel();
    }
    return base64(text)
        .<Pop3Command>map(Pop3Command.SaslResponse::new)
        .orElseGet(() -> new Malformed(Mistake.NOT_BASE64));
  }

  private static Pop3Command auth(String argument) {
    if (argument.isEmpty()) {
      return new Pop3Command.AuthList();
    }
    String[] parts = argument.split(" +", 3);
    if (parts.length > 2) {
      return new Malformed(Mistake.ARGUMENT_UNEXPECTED);
    }
    if (parts.length == 1) {
      return new Pop3Command.Auth(parts[0], Optional.empty());
    }
    if (parts[1].equals("=")) { // RFC 5034 §4: an empty initial response
      return new Pop3Command.Auth(parts[0], Optional.of(new byte[0]));
    }
    return base64(parts[1])
        .<Pop3Command>map(initial -> new Pop3Command.Auth(parts[0], Optional.of(initial)))
        .orElseGet(() -> new Malformed(Mistake.NOT_BASE64));
  }

  private static Pop3Command apop(String argument) {
    int space = argument.lastIndexOf(' ');
    return space < 0
        ? missing()
        : new Pop3Command.Apop(argument.substring(0, space).strip(), argument.substring(space + 1));
  }

  private static Pop3Command top(String argument) {
    String[] parts = argument.split(" +");
    if (parts.length < 2) {
      return missing();
    }
    if (parts.length > 2) {
      return new Malformed(Mistake.ARGUMENT_UNEXPECTED);
    }
    return number(
        parts[0], number -> number(parts[1], lines -> new Pop3Command.Top(number, lines)));
  }

  private static Pop3Command number(String text, LongFunction<Pop3Command> command) {
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && text.length() <= MAX_DIGITS
        ? command.apply(Long.parseLong(text))
        : new Malformed(Mistake.NOT_A_NUMBER);
  }

  private static Pop3Command alone(String argument, Pop3Command command) {
    return argument.isEmpty() ? command : new Malformed(Mistake.ARGUMENT_UNEXPECTED);
  }

  private static Pop3Command missing() {
    return new Malformed(Mistake.ARGUMENT_MISSING);
  }

  private static Optional<byte[]> base64(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
