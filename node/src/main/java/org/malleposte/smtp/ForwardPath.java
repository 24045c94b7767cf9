package org.malleposte.smtp;

import org.malleposte.mail.EmailAddress;

/** Where RCPT wants the mail to go. */
public sealed interface ForwardPath {
  record Mailbox(EmailAddress address) implements ForwardPath {}

  /** {@code <postmaster>} without a domain: this node's (RFC 5321 §4.1.1.3). */
  record Postmaster() implements ForwardPath {}
}
