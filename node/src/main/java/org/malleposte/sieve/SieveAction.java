package org.malleposte.sieve;

import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mailbox.Flags;

/** What is to be done with a mail. */
public sealed interface SieveAction {
  /**
   * A mailbox by its name.
   *
   * @param create it may be made (RFC 5490 §3.2)
   * @param use rather the mailbox of this special use, if there is one (RFC 8579 §3)
   */
  record Place(String mailbox, boolean create, Optional<String> use) {
    public static final Place INBOX = new Place("INBOX", false, Optional.empty());
  }

  /**
   * @param header empty: as it came
   */
  record Store(Place place, Flags flags, Optional<EditedHeader> header) implements SieveAction {}

  record Redirect(EmailAddress to, Optional<EditedHeader> header) implements SieveAction {}

  /** The mail is refused (RFC 5429). */
  record Reject(String reason) implements SieveAction {}

  /**
   * An answer to the sender (RFC 5230).
   *
   * @param from what the answer's From says; empty: the address that was written to
   * @param subject of the answer
   * @param mime the reason is a MIME entity with its header
   * @param key by which answers to one sender are counted
   * @param seconds in which no second one is sent
   * @param copy where a copy is filed (RFC 8580)
   */
  record Reply(
      EmailAddress to,
      Optional<String> from,
      String subject,
      boolean mime,
      String reason,
      String key,
      long seconds,
      Optional<Place> copy,
      Flags copyFlags)
      implements SieveAction {}

  /** For {@code duplicate} (RFC 7352): once all else is done. */
  record Remember(String key, long seconds) implements SieveAction {}
}
