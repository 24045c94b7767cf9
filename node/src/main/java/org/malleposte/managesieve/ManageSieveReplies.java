package org.malleposte.managesieve;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What the server says, without its last CRLF (RFC 5804 §1.3, §4). */
final class ManageSieveReplies {
  private static final int QUOTED_MAX_OCTETS = 1024;

  static final String OK = "OK";
  static final String BYE = "OK " + quoted("bye");
  static final String GO_AHEAD_TLS = "OK " + quoted("begin TLS");
  static final String LOGGED_IN = "OK " + quoted("logged in");
  static final String LOGGED_OUT = "OK " + quoted("logged out");
  static final String LOG_IN_FIRST = "NO " + quoted("log in first");
  static final String LOGGED_IN_ALREADY = "NO " + quoted("already logged in");
  static final String ENCRYPT_FIRST =
      "NO (ENCRYPT-NEEDED) " + quoted("no password in clear: use STARTTLS");
  static final String NO_SUCH_MECHANISM = "NO " + quoted("no such mechanism");
  static final String SASL_CANCELLED = "NO " + quoted("authentication cancelled");
  static final String SASL_MALFORMED = "NO " + quoted("the mechanism has another form");
  static final String DENIED = "NO " + quoted("wrong name or password");
  static final String TOO_MANY_FAILURES = "BYE " + quoted("wrong name or password, too often");
  static final String TLS_ALREADY = "NO " + quoted("already encrypted");
  static final String NO_TLS = "NO " + quoted("no TLS here");
  static final String TOO_MANY_SESSIONS = "BYE (TRYLATER) " + quoted("too many sessions");
  static final String TOO_MANY_MISTAKES = "BYE " + quoted("too many bad commands");
  static final String SHUTTING_DOWN = "BYE (TRYLATER) " + quoted("shutting down");
  static final String IDLE = "BYE " + quoted("idle for too long");

  private ManageSieveReplies() {}

  static String no(String text) {
    return "NO " + string(text);
  }

  static String bye(String text) {
    return "BYE " + string(text);
  }

  static String loginUnavailable(String detail) {
    return "NO (TRYLATER) " + string(detail);
  }

  /** RFC 5804 §2.13. */
  static String noop(Optional<String> tag) {
    return tag.map(t -> "OK (TAG " + string(t) + ") " + quoted("done")).orElse(OK);
  }

  static String challenge(byte[] data) {
    return string(Base64.getEncoder().encodeToString(data));
  }

  /**
   * @param owner who is logged in
   */
  static String capabilities(
      List<String> extensions,
      List<String> sasl,
      boolean startTls,
      int maxRedirects,
      Optional<String> owner,
      String last) {
    var text = new StringBuilder();
    capability(text, "IMPLEMENTATION", "Malleposte");
    capability(text, "SIEVE", String.join(" ", extensions));
    capability(text, "SASL", String.join(" ", sasl));
    if (startTls) {
      text.append(quoted("STARTTLS")).append("\r\n");
    }
    capability(text, "MAXREDIRECTS", Integer.toString(maxRedirects));
    text.append(quoted("UNAUTHENTICATE")).append("\r\n");
    capability(text, "LANGUAGE", "en");
    owner.ifPresent(name -> capability(text, "OWNER", name));
    capability(text, "VERSION", "1.0");
    return text.append(last).toString();
  }

  private static void capability(StringBuilder text, String name, String value) {
    text.append(quoted(name)).append(' ').append(string(value)).append("\r\n");
  }

  static String answer(ScriptAnswer answer) {
    return switch (answer) {
      case ScriptAnswer.Done(var code, var text) -> "OK" + tail(code, text);
      case ScriptAnswer.Refused(var code, var text) -> "NO" + tail(code, text);
      case ScriptAnswer.Script(var text) ->
          "{" + text.length + "}\r\n" + new String(text, StandardCharsets.UTF_8) + "\r\n" + OK;
      case ScriptAnswer.Listed(var scripts) -> {
        var text = new StringBuilder();
        for (var script : scripts) {
          text.append(string(script.name()))
              .append(script.active() ? " ACTIVE" : "")
              .append("\r\n");
        }
        yield text.append(OK).toString();
      }
    };
  }

  private static String tail(Optional<String> code, String text) {
    return code.map(c -> " (" + c + ")").orElse("") + (text.isEmpty() ? "" : " " + string(text));
  }

  /** Quoted, or a literal where it cannot be. */
  static String string(String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    boolean plain = text.chars().allMatch(c -> c >= 0x20 && c != 0x7f);
    return plain && octets.length <= QUOTED_MAX_OCTETS
        ? quoted(text)
        : "{" + octets.length + "}\r\n" + text;
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
