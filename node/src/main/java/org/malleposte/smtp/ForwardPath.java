package org.malleposte.smtp;

import org.malleposte.mail.EmailAddress;

/** Where RCPT wants the mail to go. */
public sealed interface ForwardPath {
  /** As the client wrote it; else it needs SMTPUTF8 (RFC 6531 §3.3). */
  boolean ascii();

  record Mailbox(EmailAddress address, boolean ascii) implements ForwardPath {}

  /**
   * A local-part alone: one of this node's own. RFC 5321 §4.1.1.3 demands it for {@code
   * <postmaster>}; sendmail takes every local name so.
   */
  record Bare(String localPart, boolean ascii) implements ForwardPath {}
}
