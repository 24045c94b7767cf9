package org.malleposte.mailbox;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.malleposte.mail.AccountName;

/**
 * What the store is told to do beside storing. All of it is decided where a write begins and
 * travels with it, so that every replica does the same.
 *
 * @param quotas how much an account may hold
 * @param index makes of a message's beginning what is kept beside it, see {@link
 *     MailboxStore#index}; pure, quick, never fails
 * @param keepExpunged how long expunged messages can be brought back; zero: not at all
 */
public record StorePolicy(Quotas quotas, Function<byte[], byte[]> index, Duration keepExpunged) {
  /** Bytes of the beginning of a message from which an index is made. */
  public static final int INDEXED_BYTES = 64 << 10;

  /** Bytes of an index; a longer one is not kept. */
  public static final int MAX_INDEX_BYTES = 16 << 10;

  private static final byte[] NOTHING = {};

  /** No limits, no index, and what is expunged is gone. */
  public static final StorePolicy NONE =
      new StorePolicy((_, _) -> Quota.NONE, _ -> NOTHING, Duration.ZERO);

  public StorePolicy {
    Objects.requireNonNull(quotas);
    Objects.requireNonNull(index);
    if (keepExpunged.isNegative()) {
      throw new IllegalArgumentException("expunged messages are kept for no time at least");
    }
  }

  /** Which quota is in force. Thread-safe, never blocks. */
  @FunctionalInterface
  public interface Quotas {
    /**
     * @param mailbox into which a message comes: a rule may allow more for Trash
     */
    Quota of(AccountName account, MailboxName mailbox);
  }
}
