package org.malleposte.config;

/** What may log in to a mailbox over a link without TLS that is not loopback. */
public enum LoginLinks {
  /** Only what sends no secret as it is (Dovecot's {@code disable_plaintext_auth}). */
  NO_SECRETS,
  /** Nothing (Dovecot's {@code ssl = required}). */
  NOTHING,
  /** Passwords too, which everybody on the way can read. */
  ANYTHING
}
