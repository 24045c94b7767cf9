package org.malleposte.mail;

import java.util.Optional;

/** Where reports about a mail go: an address, or nowhere (RFC 5321 §4.5.5). */
public sealed interface ReversePath {
  /** {@code MAIL FROM:<>}: the mail is itself a report and must never cause another. */
  record Null() implements ReversePath {
    @Override
    public String toString() {
      return "<>";
    }
  }

  /** An ordinary sender. */
  record Sender(EmailAddress mailbox) implements ReversePath {
    @Override
    public String toString() {
      return "<" + mailbox + ">";
    }
  }

  ReversePath NULL = new Null();

  static ReversePath of(EmailAddress address) {
    return new Sender(address);
  }

  /**
   * Reads what {@link #toString()} wrote.
   *
   * @throws IllegalArgumentException for anything else
   */
  static ReversePath parse(String text) {
    if (!text.startsWith("<") || !text.endsWith(">")) {
      throw new IllegalArgumentException("not a path: " + text);
    }
    return text.equals("<>") ? NULL : of(EmailAddress.parse(text.substring(1, text.length() - 1)));
  }

  default Optional<EmailAddress> address() {
    return switch (this) {
      case Null _ -> Optional.empty();
      case Sender(var mailbox) -> Optional.of(mailbox);
    };
  }
}
