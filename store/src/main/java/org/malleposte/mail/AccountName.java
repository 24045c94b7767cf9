package org.malleposte.mail;

import java.util.Locale;

/**
 * The login of an account, sendmail's local user: lower case, no white space, no control
 * characters, no slash (it names files in exports).
 */
public record AccountName(String value) implements Comparable<AccountName> {
  public static final int MAX_CHARACTERS = 128;

  public AccountName {
    if (value.isEmpty() || value.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "account name must have 1 to " + MAX_CHARACTERS + " characters");
    }
    if (!value.equals(value.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("account name must be lower case: " + value);
    }
    if (value.chars().anyMatch(c -> c <= 0x20 || c == 0x7f || c == '/' || c == ':')) {
      throw new IllegalArgumentException("character not allowed in account name: " + value);
    }
  }

  /** Normalises what a client or a file wrote. */
  public static AccountName of(String written) {
    return new AccountName(written.toLowerCase(Locale.ROOT));
  }

  @Override
  public int compareTo(AccountName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
