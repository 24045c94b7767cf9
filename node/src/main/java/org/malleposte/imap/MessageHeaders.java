package org.malleposte.imap;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What SORT and THREAD want to know of a message's header. */
interface MessageHeaders {
  /** Fields with addresses. */
  enum Addresses {
    FROM("From"),
    TO("To"),
    CC("Cc");

    private final String field;

    Addresses(String field) {
      this.field = field;
    }

    String field() {
      return field;
    }
  }

  BaseSubject subject();

  /**
   * The local part of the first address, or the name of the first group (RFC 5256 §3); or empty.
   */
  String mailbox(Addresses field);

  /** What a person is shown of the first address (RFC 5957 §3); or empty. */
  String display(Addresses field);

  /** The Date field, in UTC (RFC 5256 §2.2); empty when there is none that is valid. */
  Optional<Instant> sent();

  /** Without its brackets. */
  Optional<String> messageId();

  /** The message ids above this one, the nearest last (RFC 5256 §3, REFERENCES). */
  List<String> references();
}
