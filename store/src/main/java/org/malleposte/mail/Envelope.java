package org.malleposte.mail;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What SMTP says about a message beside the message (RFC 5321 §2.3.1), as the client gave it.
 *
 * @param from the reverse-path
 * @param recipients the forward-paths as given, before aliases; not empty in a finished envelope
 * @param client where it came from, for {@code Received} and the log
 * @param body whether 8-bit bytes may occur (RFC 6152)
 * @param authenticated the account that submitted it, if any
 * @param smtpUtf8 whether addresses and header may be in UTF-8 (RFC 6531 §3.4)
 * @param dsn what the sender wants to hear
 */
public record Envelope(
    ReversePath from,
    List<EmailAddress> recipients,
    Client client,
    BodyType body,
    Optional<AccountName> authenticated,
    boolean smtpUtf8,
    DsnRequest dsn) {
  /** The body types of RFC 6152 and RFC 3030. */
  public enum BodyType {
    SEVEN_BIT,
    EIGHT_BIT_MIME,
    /** Only what a client says: a mail that has been taken is lines. */
    BINARY_MIME
  }

  /**
   * The peer of a session.
   *
   * @param address textual IP address, without brackets
   * @param helo what it called itself, empty before EHLO
   * @param protocol SMTP, ESMTP, ESMTPS, ESMTPA, LMTP, ... (RFC 3848)
   */
  public record Client(String address, String helo, String protocol) {
    public Client {
      Objects.requireNonNull(address);
      Objects.requireNonNull(helo);
      Objects.requireNonNull(protocol);
    }
  }

  public Envelope {
    Objects.requireNonNull(from);
    Objects.requireNonNull(client);
    Objects.requireNonNull(body);
    Objects.requireNonNull(authenticated);
    Objects.requireNonNull(dsn);
    recipients = List.copyOf(recipients);
  }

  /** As an envelope was before extensions: nothing in UTF-8, no wishes for reports. */
  public Envelope(
      ReversePath from,
      List<EmailAddress> recipients,
      Client client,
      BodyType body,
      Optional<AccountName> authenticated) {
    this(from, recipients, client, body, authenticated, false, DsnRequest.NONE);
  }

  /** The same mail with what extensions say of it. */
  public Envelope with(boolean inUtf8, DsnRequest wishes) {
    return new Envelope(from, recipients, client, body, authenticated, inUtf8, wishes);
  }

  /**
   * The same mail as a mailing list sends it on: its owner is the sender (RFC 5321 §3.9.2), and
   * what the first sender wants to hear ends with the list (RFC 3461 §5.2.7.3).
   */
  public Envelope sentOnBy(EmailAddress owner) {
    return withFrom(ReversePath.of(owner)).with(smtpUtf8, DsnRequest.NONE);
  }

  /** The same mail with another reverse-path. */
  public Envelope withFrom(ReversePath other) {
    return new Envelope(other, recipients, client, body, authenticated, smtpUtf8, dsn);
  }
}
