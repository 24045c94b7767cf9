package org.malleposte.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Dovecot's {@code auth_username_format}: what is made of a login before its account is looked for.
 * {@code %u} the whole, {@code %n} what stands before the last {@code @}, {@code %d} what stands
 * behind it; {@code L} or {@code U} between makes it lower or upper case; {@code %%} is a percent
 * sign. Also in the long form, {@code %{user}}, {@code %{username}}, {@code %{domain}}, and with
 * the filters of 2.4, {@code %{user | username | lower}}.
 *
 * <p>Names of accounts are lower case in any case.
 */
public final class UsernameFormat {
  /** What Dovecot begins with. */
  public static final UsernameFormat DEFAULT = parse("%Lu");

  private static final int PARTS_MAX = 32;

  private final String text;
  private final List<UnaryOperator<String>> parts;

  private UsernameFormat(String text, List<UnaryOperator<String>> parts) {
    this.text = text;
    this.parts = List.copyOf(parts);
  }

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  public static UsernameFormat parse(String text) {
    var parts = new ArrayList<UnaryOperator<String>>();
    int at = 0;
    boolean login = false;
    while (at < text.length()) {
      if (parts.size() >= PARTS_MAX) {
        throw new IllegalArgumentException("a format of over " + PARTS_MAX + " parts");
      }
      if (text.charAt(at) != '%') {
        int end = text.indexOf('%', at);
        String literal = text.substring(at, end < 0 ? text.length() : end);
        parts.add(_ -> literal);
        at += literal.length();
        continue;
      }
      var scanner = new Variable(text, at + 1);
      parts.add(scanner.read());
      login |= scanner.isOfLogin;
      at = scanner.end;
    }
    if (!login) {
      throw new IllegalArgumentException("'" + text + "' makes one user of all");
    }
    return new UsernameFormat(text, parts);
  }

  /** The same, of a login to which {@code @realm} is added when it has none. */
  public UsernameFormat withRealm(String realm) {
    UnaryOperator<String> whole =
        login -> apply(login.indexOf('@') < 0 ? login + "@" + realm : login);
    return new UsernameFormat(text, List.of(whole));
  }

  public String apply(String login) {
    var made = new StringBuilder();
    parts.forEach(part -> made.append(part.apply(login)));
    return made.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UsernameFormat format && text.equals(format.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** Reads one variable, behind its percent sign. */
  private static final class Variable {
    private final String text;
    private int end;
    private boolean isOfLogin;

    Variable(String text, int start) {
      this.text = text;
      this.end = start;
    }

    UnaryOperator<String> read() {
      UnaryOperator<String> change = value -> value;
      while (end < text.length()) {
        char c = text.charAt(end++);
        switch (c) {
          case '%' -> {
            return _ -> "%";
          }
          case 'L' -> change = value -> value.toLowerCase(Locale.ROOT);
          case 'U' -> change = value -> value.toUpperCase(Locale.ROOT);
          case '{' -> {
            int close = text.indexOf('}', end);
            if (close < 0) {
              throw new IllegalArgumentException("'" + text + "' has no closing brace");
            }
            String name = text.substring(end, close);
            end = close + 1;
            return changed(variable(name), change);
          }
          default -> {
            return changed(variable(String.valueOf(c)), change);
          }
        }
      }
      throw new IllegalArgumentException("'" + text + "' ends within a variable");
    }

    private static UnaryOperator<String> changed(
        UnaryOperator<String> variable, UnaryOperator<String> change) {
      return login -> change.apply(variable.apply(login));
    }

    /** {@code user | username | lower}: filters of 2.4, each of what is left of it. */
    private UnaryOperator<String> variable(String written) {
      String[] steps = written.strip().split("\\s*\\|\\s*");
      UnaryOperator<String> value = named(steps[0]);
      for (int i = 1; i < steps.length; i++) {
        UnaryOperator<String> before = value;
        UnaryOperator<String> filter = filter(steps[i]);
        value = login -> filter.apply(before.apply(login));
      }
      return value;
    }

    private UnaryOperator<String> filter(String name) {
      return switch (name) {
        case "lower" -> value -> value.toLowerCase(Locale.ROOT);
        case "upper" -> value -> value.toUpperCase(Locale.ROOT);
        case "username", "domain" -> named(name);
        default -> throw new IllegalArgumentException("there is no filter " + name);
      };
    }

    private UnaryOperator<String> named(String name) {
      isOfLogin |= !name.equals("d") && !name.equals("domain");
      return switch (name) {
        case "u", "user" -> login -> login;
        case "n", "username" ->
            login ->
                login.lastIndexOf('@') < 0 ? login : login.substring(0, login.lastIndexOf('@'));
        case "d", "domain" ->
            login -> login.lastIndexOf('@') < 0 ? "" : login.substring(login.lastIndexOf('@') + 1);
        default -> throw new IllegalArgumentException("there is no variable %" + name);
      };
    }
  }
}
