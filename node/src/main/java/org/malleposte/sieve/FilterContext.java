package org.malleposte.sieve;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.ReversePath;

/**
 * What a script may know beside the mail.
 *
 * @param from the reverse-path with which the mail is stored
 * @param recipient the forward-path that led to the account
 * @param authenticated who submitted it
 * @param host of this node
 * @param now of this run; a repeat may have another
 */
public record FilterContext(
    AccountName account,
    ReversePath from,
    EmailAddress recipient,
    Optional<AccountName> authenticated,
    Envelope.Client client,
    String host,
    Instant now,
    World world) {
  /** What only the store knows. Blocks. */
  public interface World {
    boolean mailboxExists(String name);

    /**
     * Whether a mailbox has the special use (RFC 6154).
     *
     * @param name empty: any
     */
    boolean hasUse(Optional<String> name, String use);

    /** Whether {@code key} was remembered for another mail than this one, and still is. */
    boolean seen(String key);
  }

  public FilterContext {
    Objects.requireNonNull(account);
    Objects.requireNonNull(from);
    Objects.requireNonNull(recipient);
    Objects.requireNonNull(client);
    Objects.requireNonNull(host);
    Objects.requireNonNull(now);
    Objects.requireNonNull(world);
  }
}
