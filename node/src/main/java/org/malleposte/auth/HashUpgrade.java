package org.malleposte.auth;

import java.util.concurrent.RejectedExecutionException;
import org.malleposte.account.AccountDirectory;
import org.malleposte.account.Credential;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the hash of an account in the directory when its owner logs in and it is not of the kind
 * that new ones have. Files are their owner's and stay. Thread-safe.
 */
public final class HashUpgrade {
  private static final Logger LOG = LoggerFactory.getLogger(HashUpgrade.class);

  private final AccountDirectory accounts;
  private final PasswordSchemes schemes;
  private final BlockingLane lane;

  /**
   * @param lane for hashing
   */
  public HashUpgrade(AccountDirectory accounts, PasswordSchemes schemes, BlockingLane lane) {
    this.accounts = accounts;
    this.schemes = schemes;
    this.lane = lane;
  }

  /** The login does not wait for it; what fails is tried again at the next one. */
  void onRight(AccountName name, Credential verified, String password) {
    boolean ours =
        accounts.find(name).filter(account -> account.credential().equals(verified)).isPresent();
    if (!ours || PasswordSchemes.isCurrent(verified)) {
      return;
    }
    try {
      lane.call(() -> schemes.hash(password))
          .thenCompose(hash -> accounts.upgrade(name, verified, hash))
          .whenComplete((answer, failure) -> tell(name, answer, failure));
    } catch (RejectedExecutionException e) {
      LOG.debug("too many logins at once to upgrade the hash of {}", name);
    }
  }

  private static <T> void tell(AccountName name, StoreAnswer<T> answer, Throwable failure) {
    if (failure != null) {
      LOG.error("the hash of {} was not upgraded", name, failure);
    } else if (answer instanceof StoreAnswer.Done<T>) {
      LOG.info("the hash of {} was upgraded", name);
    }
  }
}
