package org.malleposte.mime;

import java.util.Optional;

/** An entry of an address list (RFC 5322 §3.4); text has one character a byte. */
public sealed interface MailAddress {
  /**
   * What is missing or cannot be parsed has a placeholder, such as {@code MISSING_DOMAIN}: a client
   * must still be shown that somebody is there.
   */
  record Mailbox(Optional<String> name, Optional<String> route, String local, String domain)
      implements MailAddress {}

  record GroupStart(String name) implements MailAddress {}

  record GroupEnd() implements MailAddress {}
}
