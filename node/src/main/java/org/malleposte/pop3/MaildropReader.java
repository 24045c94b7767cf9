package org.malleposte.pop3;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.malleposte.config.UidlFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as POP3 needs it. Never blocks: reads run on the lane. Its futures do not fail for a
 * disk or a full lane, that is an outcome. Thread-safe.
 */
final class MaildropReader {
  /** Looks at a mailbox that changes all the time, then its sizes are added up one by one. */
  private static final int CONSISTENT_LOOKS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(MaildropReader.class);

  private final MailboxStore store;
  private final BlockingLane lane;
  private final UidlFormat uidl;

  MaildropReader(MailboxStore store, BlockingLane lane, UidlFormat uidl) {
    this.uidl = uidl;
    this.store = store;
    this.lane = lane;
  }

  CompletableFuture<OpenOutcome> open(AccountName account) {
    return onLane(
        "the maildrop of " + account,
        () -> new OpenOutcome.Opened(read(account)),
        OpenOutcome.Failed::new);
  }

  CompletableFuture<Optional<long[]>> sizes(Maildrop drop) {
    return onLane(
        "the sizes in the maildrop of " + drop.account(),
        () -> Optional.of(readSizes(drop)),
        Optional::empty);
  }

  /** Begins to read a message. */
  CompletableFuture<MessageChunks.Opening> message(
      Maildrop drop, int number, OptionalLong bodyLines) {
    return onLane(
        "a message of " + drop.account(),
        () -> openMessage(drop, number, bodyLines),
        MessageChunks.Opening.Failed::new);
  }

  /**
   * Removes what is marked, and marks as read what was retrieved (as Dovecot does).
   *
   * @return whether all that was to be removed is
   */
  CompletableFuture<Boolean> update(Maildrop drop) {
    var read = drop.readUids();
    var marking =
        read.isEmpty()
            ? CompletableFuture.<Void>completedFuture(null)
            : store
                .storeFlags(
                    drop.account(),
                    drop.mailboxId(),
                    read,
                    MailboxStore.FlagChange.ADD,
                    Flags.of(Flags.SEEN),
                    OptionalLong.empty())
                .<Void>thenApply(_ -> null); // not promised to anybody
    var deleted = drop.deletedUids();
    var removing =
        deleted.isEmpty()
            ? CompletableFuture.completedFuture(true)
            : store
                .expunge(drop.account(), drop.mailboxId(), deleted, false)
                .thenApply(answer -> answer instanceof StoreAnswer.Done);
    return marking.thenCombine(removing, (_, complete) -> complete);
  }

  private Maildrop read(AccountName account) {
    for (int look = 1; ; look++) {
      var before = inbox(account);
      long[] uids = store.uids(account, before.id());
      var after = inbox(account);
      boolean same =
          before.highestModSeq() == after.highestModSeq() && uids.length == before.messages();
      if (same) {
        return drop(account, before, uids, before.sizeBytes());
      }
      if (look == CONSISTENT_LOOKS) {
        long[] sizes = readSizes(drop(account, before, uids, 0));
        long total = Arrays.stream(sizes).filter(size -> size > 0).sum();
        var drop = drop(account, before, uids, total);
        drop.setSizes(sizes);
        return drop;
      }
    }
  }

  private Maildrop drop(AccountName account, MailboxInfo info, long[] uids, long total) {
    return new Maildrop(account, info.id(), info.uidValidity(), uids, total, uidl);
  }

  private MailboxInfo inbox(AccountName account) {
    return store.find(account, MailboxName.INBOX).orElseThrow();
  }

  private long[] readSizes(Maildrop drop) {
    long[] sizes = new long[drop.last() + 1];
    Arrays.fill(sizes, -1);
    store.messages(
        drop.account(),
        drop.mailboxId(),
        drop.allUids(),
        message -> {
          int number = drop.number(message.uid());
          if (number > 0) {
            sizes[number] = message.sizeBytes();
          }
        });
    return sizes;
  }

  private MessageChunks.Opening openMessage(Maildrop drop, int number, OptionalLong bodyLines)
      throws IOException {
    var message = find(drop, number);
    if (message.isEmpty()) {
      return new MessageChunks.Opening.Gone();
    }
    try {
      var body = store.openBody(drop.account(), message.get().blob());
      var chunks = new MessageChunks(body, bodyLines, lane);
      return new MessageChunks.Opening.Opened(chunks, message.get().sizeBytes());
    } catch (IOException e) {
      if (find(drop, number).isEmpty()) {
        return new MessageChunks.Opening.Gone(); // between the two looks
      }
      throw e;
    }
  }

  private Optional<Message> find(Maildrop drop, int number) {
    var found = new Message[1];
    store.messages(
        drop.account(),
        drop.mailboxId(),
        UidSet.of(drop.uid(number)),
        message -> found[0] = message);
    return Optional.ofNullable(found[0]);
  }

  private <T> CompletableFuture<T> onLane(String what, Callable<T> read, Supplier<T> failed) {
    try {
      return lane.call(read)
          .exceptionally(
              e -> {
                LOG.error("{} cannot be read", what, e);
                return failed.get();
              });
    } catch (RejectedExecutionException e) {
      LOG.warn("{} cannot be read: too many reads wait", what);
      return CompletableFuture.completedFuture(failed.get());
    }
  }
}
