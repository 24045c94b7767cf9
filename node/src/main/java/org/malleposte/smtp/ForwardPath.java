package org.malleposte.smtp;

import org.malleposte.mail.EmailAddress;

/** Where RCPT wants the mail to go. */
public sealed interface ForwardPath {
  /**
   * @param ascii as the client wrote it; else it needs SMTPUTF8 (RFC 6531 §3.3)
   */
  record Mailbox(EmailAddress address, boolean ascii) implements ForwardPath {}

  /** {@code <postmaster>} without a domain: this node's (RFC 5321 §4.1.1.3). */
  record Postmaster() implements ForwardPath {}
}
