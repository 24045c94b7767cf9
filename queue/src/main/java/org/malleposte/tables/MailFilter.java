package org.malleposte.tables;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A milter that {@code INPUT_MAIL_FILTER} names: {@code S=inet:8891@localhost, F=T, T=S:1m;R:1m}.
 *
 * @param line of {@code sendmail.mc}
 * @param timeouts as written, by letter: C (connect), S (send), R (read), E (end of message)
 */
public record MailFilter(
    int line, String name, Socket socket, Failure failure, Map<Character, String> timeouts) {
  /** Where a milter listens. */
  public sealed interface Socket {
    /** {@code inet:port@host}, {@code inet6:port@host}. */
    record Inet(String host, int port) implements Socket {}

    /** {@code unix:/path}, {@code local:/path}. */
    record Local(String path) implements Socket {}
  }

  /** {@code F=}: what becomes of a mail while the milter does not answer. */
  public enum Failure {
    /** No letter: go on as if there were no milter. */
    PASS,
    /** {@code F=R}. */
    REJECT,
    /** {@code F=T}. */
    TEMPFAIL,
    /** {@code F=4}: 421 and close. */
    SHUTDOWN
  }

  public MailFilter {
    Objects.requireNonNull(name);
    Objects.requireNonNull(socket);
    Objects.requireNonNull(failure);
    timeouts = Map.copyOf(timeouts);
  }

  /**
   * @throws IllegalArgumentException says what is wrong
   */
  static MailFilter parse(int line, String name, String equates) {
    Socket socket = null;
    Failure failure = Failure.PASS;
    Map<Character, String> timeouts = Map.of();
    for (String part : equates.split(",")) {
      String text = part.strip();
      if (text.isEmpty()) {
        continue;
      }
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("not understood: " + text);
      }
      String value = text.substring(equals + 1).strip();
      switch (text.charAt(0)) {
        case 'S' -> socket = socket(value);
        case 'F' -> failure = failure(value);
        case 'T' -> timeouts = timeouts(value);
        default -> throw new IllegalArgumentException("not understood: " + text);
      }
    }
    if (name.isEmpty() || socket == null) {
      throw new IllegalArgumentException("a milter without a name or S=");
    }
    return new MailFilter(line, name, socket, failure, timeouts);
  }

  private static Socket socket(String value) {
    int colon = value.indexOf(':');
    String kind = colon < 0 ? "" : value.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = value.substring(colon + 1);
    return switch (kind) {
      case "inet", "inet6" -> {
        int at = rest.indexOf('@');
        String port = at < 0 ? rest : rest.substring(0, at);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
          throw new IllegalArgumentException("no port in S=" + value);
        }
        yield new Socket.Inet(
            at < 0 ? "localhost" : rest.substring(at + 1), Integer.parseInt(port));
      }
      case "unix", "local", "" -> new Socket.Local(rest);
      default -> throw new IllegalArgumentException("unknown kind of socket in S=" + value);
    };
  }

  private static Failure failure(String value) {
    return switch (value) {
      case "" -> Failure.PASS;
      case "R" -> Failure.REJECT;
      case "T" -> Failure.TEMPFAIL;
      case "4" -> Failure.SHUTDOWN;
      default -> throw new IllegalArgumentException("unknown letter in F=" + value);
    };
  }

  private static Map<Character, String> timeouts(String value) {
    var timeouts = new TreeMap<Character, String>();
    for (String part : value.split(";")) {
      String text = part.strip();
      if (!text.matches("[CSRE]:\\s*[0-9]+[smhdw]?")) {
        throw new IllegalArgumentException("not understood in T=" + value);
      }
      timeouts.put(text.charAt(0), text.substring(2).strip());
    }
    return timeouts;
  }
}
