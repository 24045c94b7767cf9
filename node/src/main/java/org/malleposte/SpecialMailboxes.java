package org.malleposte;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.config.SpecialMailbox;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Sent, Drafts and their like at an account's first login by IMAP. Once: who deletes one has
 * his reasons. A store that cannot be written now makes them at the next login; nobody is kept out
 * for it. Thread-safe; never blocks.
 */
final class SpecialMailboxes implements Authenticator {
  /** The account's property that says that they have been made. */
  static final String MADE = "mailboxes/made";

  /** A login waits no longer than this for them. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Accounts remembered to have theirs; the others are looked up. */
  private static final int MAX_KNOWN = 10_000;

  private static final byte[] YES = "1".getBytes(StandardCharsets.US_ASCII);
  private static final Logger LOG = LoggerFactory.getLogger(SpecialMailboxes.class);

  private final Authenticator logins;
  private final MailboxStore store;
  private final BlockingLane reads;
  private final List<SpecialMailbox> mailboxes;
  private final Set<AccountName> known =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<AccountName, Boolean> eldest) {
                  return size() > MAX_KNOWN;
                }
              }));

  SpecialMailboxes(
      Authenticator logins,
      MailboxStore store,
      BlockingLane reads,
      List<SpecialMailbox> mailboxes) {
    this.logins = logins;
    this.store = store;
    this.reads = reads;
    this.mailboxes = mailboxes.stream().filter(m -> m.auto() != SpecialMailbox.Auto.NO).toList();
  }

  @Override
  public CompletableFuture<LoginAnswer> ask(LoginQuestion question, String peerAddress) {
    return logins
        .ask(question, peerAddress)
        .thenCompose(
            answer ->
                answer instanceof LoginAnswer.Ended(LoginOutcome.Granted(var account), var _)
                        && !known.contains(account)
                    ? made(account).thenApply(_ -> answer)
                    : CompletableFuture.completedFuture(answer));
  }

  private CompletableFuture<Void> made(AccountName account) {
    return isMade(account)
        .thenCompose(made -> made ? CompletableFuture.completedFuture(null) : make(account))
        .thenAccept(_ -> known.add(account))
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              LOG.debug("{} gets its special mailboxes later", account, failure);
              return null;
            });
  }

  private CompletableFuture<Boolean> isMade(AccountName account) {
    try {
      return reads.call(() -> store.property(account, MADE).isPresent());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> make(AccountName account) {
    var all = CompletableFuture.<Void>completedFuture(null);
    for (var mailbox : mailboxes) {
      all = all.thenCompose(_ -> make(account, mailbox));
    }
    return all.thenCompose(_ -> store.setProperty(account, MADE, Optional.of(YES)))
        .thenAccept(SpecialMailboxes::requireDone);
  }

  private CompletableFuture<Void> make(AccountName account, SpecialMailbox mailbox) {
    var name = new MailboxName(mailbox.name());
    // A mailbox of that name, or another of that use, is as good.
    return store
        .create(account, name, mailbox.use().orElse(""))
        .thenCompose(
            answer -> {
              requireAnswered(answer);
              return answer instanceof StoreAnswer.Done
                      && mailbox.auto() == SpecialMailbox.Auto.SUBSCRIBE
                  ? store.subscribe(account, name, true).thenAccept(a -> requireAnswered(a))
                  : CompletableFuture.completedFuture(null);
            });
  }

  private static void requireDone(StoreAnswer<?> answer) {
    if (!(answer instanceof StoreAnswer.Done)) {
      throw new IllegalStateException("not written: " + answer);
    }
  }

  private static void requireAnswered(StoreAnswer<?> answer) {
    if (answer instanceof StoreAnswer.Unavailable) {
      throw new IllegalStateException("not written: " + answer);
    }
  }
}
