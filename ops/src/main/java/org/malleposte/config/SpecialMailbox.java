package org.malleposte.config;

import java.time.Duration;
import java.util.Optional;

/**
 * A mailbox that has a purpose, as Dovecot's {@code mailbox} section within a namespace.
 *
 * @param name without a prefix; {@code /} between the levels
 * @param use {@code \Sent} and the like (RFC 6154 §2)
 * @param expireAfter messages older than this may go; empty: never
 */
public record SpecialMailbox(
    String name, Optional<String> use, Auto auto, Optional<Duration> expireAfter) {
  /** Whether it is made for an account that lacks it. */
  public enum Auto {
    NO,
    CREATE,
    SUBSCRIBE
  }

  public SpecialMailbox {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a mailbox without a name");
    }
  }
}
