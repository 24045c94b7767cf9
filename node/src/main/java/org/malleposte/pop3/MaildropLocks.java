package org.malleposte.pop3;

import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;

/** One POP3 session at a time for a maildrop (RFC 1939 §3). Thread-safe; never blocks. */
public interface MaildropLocks {
  /** Whether it was ours to take. */
  sealed interface Attempt {
    record Held(MaildropLock lock) implements Attempt {}

    record InUse() implements Attempt {}
  }

  /** Held until released. */
  interface MaildropLock {
    /**
     * Lets the next session in.
     *
     * @return done once it can come in on any node, or when that takes too long; never fails
     */
    CompletableFuture<Void> release();
  }

  /** Never fails. */
  CompletableFuture<Attempt> acquire(AccountName account);
}
