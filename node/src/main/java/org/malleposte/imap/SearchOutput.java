package org.malleposte.imap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;

/** The response of SEARCH. Works a batch of messages, or some bodies, at a turn on the lane. */
final class SearchOutput implements Output {
  /** Bytes of bodies that one turn reads, about. */
  private static final long SLICE_BODY_BYTES = 4L * 1024 * 1024;

  private final AccountName account;
  private final MailboxView view;
  private final Numbering numbering;
  private final SearchProgram test;
  private final BitSet found = new BitSet();
  private final Deque<Message> batch = new ArrayDeque<>();
  private int next;
  private long highestModSeq;
  private boolean searched;

  SearchOutput(AccountName account, MailboxView view, Numbering numbering, SearchProgram test) {
    this.account = account;
    this.view = view;
    this.numbering = numbering;
    this.test = test;
  }

  @Override
  public boolean fill(MailboxStore store, ByteSink sink) throws IOException {
    if (!searched) {
      searched = search(store);
      return false;
    }
    write(sink);
    return true;
  }

  @Override
  public Optional<Progress> progress() {
    return searched ? Optional.empty() : Optional.of(new Progress(next, Math.max(1, view.count())));
  }

  @Override
  public void close() {}

  /** Whether all messages have been looked at. */
  private boolean search(MailboxStore store) throws IOException {
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
          found.set(sequence - 1);
          highestModSeq = Math.max(highestModSeq, message.modSeq());
        }
        bodyBytes += candidate.bytesRead();
      }
    }
    return false;
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

  private void write(ByteSink sink) {
    var out = new StringBuilder("* SEARCH");
    for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
      out.append(' ').append(numbering == Numbering.UID ? view.uid(i + 1) : i + 1);
    }
    if (test.asksModSeq() && !found.isEmpty()) {
      out.append(" (MODSEQ ").append(highestModSeq).append(')');
    }
    sink.text(out.append("\r\n").toString());
  }
}
