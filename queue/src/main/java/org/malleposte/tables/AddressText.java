package org.malleposte.tables;

import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;

/**
 * An address as tables write it: the domain may be missing, there may be a name or a comment beside
 * it, the local-part may be quoted.
 *
 * @param localPart without quotes; may begin with a backslash, which means: no aliases
 */
public record AddressText(String localPart, Optional<Domain> domain) {
  public AddressText {
    Objects.requireNonNull(domain);
    if (localPart.isEmpty() || localPart.length() > EmailAddress.MAX_LOCAL_OCTETS) {
      throw new IllegalArgumentException("local-part is empty or too long");
    }
  }

  public static AddressText of(EmailAddress address) {
    return new AddressText(address.localPart(), Optional.of(address.domain()));
  }

  /**
   * Reads {@code user}, {@code user@domain}, {@code "a b"@domain}, {@code Name <user@domain>}, with
   * {@code (comments)}.
   *
   * @throws IllegalArgumentException with a text for the postmaster
   */
  public static AddressText parse(String written) {
    String text = new Cleaner(written).address();
    int at = lastAt(text);
    if (at == 0) {
      throw new IllegalArgumentException("no user in " + written.strip());
    }
    if (at == text.length() - 1) {
      throw new IllegalArgumentException("no domain behind the @ in " + written.strip());
    }
    return at < 0
        ? new AddressText(unquote(text), Optional.empty())
        : new AddressText(
            unquote(text.substring(0, at)), Optional.of(Domain.of(text.substring(at + 1))));
  }

  @Override
  public String toString() {
    return domain.map(d -> localPart + "@" + d).orElse(localPart);
  }

  private static int lastAt(String text) {
    int at = text.lastIndexOf('@');
    return at > text.lastIndexOf('"') ? at : -1;
  }

  static String unquote(String text) {
    if (text.indexOf('"') < 0) {
      return text;
    }
    var plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        plain.append(text.charAt(++i));
      } else if (c != '"') {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** Takes away comments, the name before angle brackets, and blanks around. */
  private static final class Cleaner {
    private final String written;
    private final StringBuilder text = new StringBuilder();
    private int depth;
    private boolean quoted;

    Cleaner(String written) {
      this.written = written;
    }

    String address() {
      for (int i = 0; i < written.length(); i++) {
        char c = written.charAt(i);
        boolean escaped = c == '\\' && i + 1 < written.length();
        if (depth == 0) {
          take(c);
        } else if (c == '(' || c == ')') {
          depth += c == '(' ? 1 : -1;
        }
        if (escaped && depth == 0) {
          text.append(written.charAt(++i));
        }
      }
      if (quoted || depth > 0) {
        throw new IllegalArgumentException(
            "unbalanced " + (quoted ? "quote" : "parenthesis") + " in " + written.strip());
      }
      return plain(inBrackets(text.toString().strip()));
    }

    private void take(char c) {
      if (c == '"') {
        quoted = !quoted;
      }
      if (c == '(' && !quoted) {
        depth++;
      } else {
        text.append(c);
      }
    }

    private String inBrackets(String cleaned) {
      int open = lastOpen(cleaned);
      if (open < 0) {
        return cleaned;
      }
      int close = cleaned.indexOf('>', open);
      if (close < 0) {
        throw new IllegalArgumentException("unbalanced < in " + written.strip());
      }
      return cleaned.substring(open + 1, close).strip();
    }

    /** The last bracket that no quotes hold; -1 where there is none. */
    private static int lastOpen(String text) {
      int open = -1;
      boolean inQuotes = false;
      for (int i = 0; i < text.length(); i++) {
        switch (text.charAt(i)) {
          case '\\' -> i++;
          case '"' -> inQuotes = !inQuotes;
          case '<' -> open = inQuotes ? open : i;
          default -> {}
        }
      }
      return open;
    }

    private String plain(String address) {
      if (address.isEmpty()) {
        throw new IllegalArgumentException("empty address");
      }
      boolean inQuotes = false;
      for (int i = 0; i < address.length(); i++) {
        char c = address.charAt(i);
        inQuotes ^= c == '"' && (i == 0 || address.charAt(i - 1) != '\\');
        if (!inQuotes && (c <= ' ' || c == ',' || c == ';')) {
          throw new IllegalArgumentException(
              c == ','
                  ? "more than one address in " + address
                  : "more than one word in " + address);
        }
      }
      return address;
    }
  }
}
