package org.malleposte.imap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;

/**
 * Looks at the messages of a mailbox, in their order: a batch of messages, or some bodies, at a
 * turn on the lane.
 */
final class SearchScan {
  /** Takes what matches; the candidate is closed after it. */
  @FunctionalInterface
  interface Match {
    void found(SearchCandidate candidate) throws IOException;
  }

  /** Bytes of bodies that one turn reads, about. */
  private static final long SLICE_BODY_BYTES = 4L * 1024 * 1024;

  private final AccountName account;
  private final MailboxView view;
  private final SearchProgram test;
  private final Deque<Message> batch = new ArrayDeque<>();
  private int next;

  SearchScan(AccountName account, MailboxView view, SearchProgram test) {
    this.account = account;
    this.view = view;
    this.test = test;
  }

  /** Whether all messages have been looked at. */
  boolean turn(MailboxStore store, Match match) throws IOException {
    if (batch.isEmpty() && !readBatch(store)) {
      return true;
    }
    long bodyBytes = 0;
    while (!batch.isEmpty() && bodyBytes < SLICE_BODY_BYTES) {
      Message message = batch.poll();
      int sequence = view.sequence(message.uid());
      if (sequence == 0) {
        continue;
      }
      try (var candidate = new SearchCandidate(store, account, message, sequence, view)) {
        if (test.matches(candidate)) {
          match.found(candidate);
        }
        bodyBytes += candidate.bytesRead();
      }
    }
    return false;
  }

  Progress progress() {
    return new Progress(next, Math.max(1, view.count()));
  }

  private boolean readBatch(MailboxStore store) {
    int end = Math.min(view.count(), next + ImapLimits.BATCH_MESSAGES);
    if (next == end) {
      return false;
    }
    var positions = new BitSet();
    positions.set(next, end);
    next = end;
    positions.and(test.positions());
    if (!positions.isEmpty()) {
      store.messages(account, view.mailboxId(), view.uids(positions), batch::add);
    }
    return true;
  }
}
