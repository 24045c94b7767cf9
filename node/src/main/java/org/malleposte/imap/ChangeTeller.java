package org.malleposte.imap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.UidSet;

/**
 * Tells the client what has happened to the selected mailbox, and brings the view to the same state
 * in the same moment.
 */
final class ChangeTeller {
  /** Whether sequence numbers may change now (RFC 3501 §7.4.1). */
  enum Expunges {
    TOLD,
    HELD
  }

  /** A fresh read of the mailbox; empty when it is gone. */
  private record Fresh(Optional<MailboxInfo> info, long[] uids) {}

  private final SessionCore core;

  ChangeTeller(SessionCore core) {
    this.core = core;
  }

  /** Nothing when no mailbox is selected or nothing has happened. */
  List<ImapStep> tell(Expunges expunges) {
    if (!(core.state() instanceof Selected selected) || core.changes().isEmpty()) {
      return List.of();
    }
    if (core.changes().isLost() && expunges == Expunges.HELD) {
      return List.of();
    }
    return switch (core.changes().take()) {
      case PendingChanges.State.Known(var changes) -> tellKnown(selected, changes, expunges);
      case PendingChanges.State.Lost(long since) -> compare(selected, since);
    };
  }

  private List<ImapStep> tellKnown(
      Selected selected, List<MailboxChange> changes, Expunges expunges) {
    var news = new News(selected.view());
    var held = new ArrayList<MailboxChange>();
    for (var change : changes) {
      switch (change) {
        case MailboxChange.Appended(var _, long uid, long modSeq) -> news.appended(uid, modSeq);
        case MailboxChange.FlagsChanged(var _, long uid, long modSeq, Flags flags) ->
            news.flags(uid, modSeq, flags);
        case MailboxChange.Expunged gone -> {
          news.expunged(gone);
          held.add(gone);
        }
        case MailboxChange.Deleted _ -> {
          return core.bye("Selected mailbox was deleted");
        }
        case MailboxChange.Unknown _ -> throw new IllegalStateException("not a single change");
      }
    }
    if (expunges == Expunges.HELD) {
      core.changes().putBack(held);
    }
    return tell(selected, news, expunges);
  }

  private List<ImapStep> tell(Selected selected, News news, Expunges expunges) {
    MailboxView view = selected.view();
    var out = new StringBuilder();
    if (expunges == Expunges.TOLD) {
      tellGone(view, news.gone, out);
    }
    news.appended.forEach(view::append);
    if (!news.appended.isEmpty()) {
      out.append("* ").append(view.count()).append(" EXISTS\r\n");
    }
    news.flags.values().forEach(change -> tellFlags(view, change, out));
    core.changes().told(news.modSeq);
    var steps = new ArrayList<ImapStep>();
    if (!out.isEmpty()) {
      steps.add(Send.text(out.toString()));
    }
    if (!news.appended.isEmpty()) {
      steps.addAll(core.recent().claimNew(selected));
    }
    return steps;
  }

  private void tellGone(MailboxView view, UidSet gone, StringBuilder out) {
    if (core.has(Extension.QRESYNC)) {
      out.append(VanishedUids.lines(view.known(gone), false));
      view.remove(gone);
    } else {
      view.remove(gone).forEach(n -> out.append("* ").append(n).append(" EXPUNGE\r\n"));
    }
  }

  private void tellFlags(MailboxView view, MailboxChange.FlagsChanged change, StringBuilder out) {
    int sequence = view.sequence(change.uid());
    if (sequence == 0) {
      return;
    }
    if (view.learn(change.flags())) {
      out.append(FlagLines.announce(view));
    }
    out.append("* ").append(sequence).append(" FETCH (UID ").append(change.uid());
    out.append(" FLAGS (").append(FlagLines.of(view, change.uid(), change.flags())).append(')');
    if (core.tellsModSeq()) {
      out.append(" MODSEQ (").append(change.modSeq()).append(')');
    }
    out.append(")\r\n");
  }

  private List<ImapStep> compare(Selected selected, long sinceModSeq) {
    long id = selected.view().mailboxId();
    return List.of(
        new ImapStep.Read<>(
            store -> {
              // First the state, then the messages: what comes between is in both, never in none.
              var info = store.find(selected.account(), id);
              return new Fresh(
                  info, info.isEmpty() ? new long[0] : store.uids(selected.account(), id));
            },
            fresh -> compared(selected, fresh, sinceModSeq)));
  }

  private List<ImapStep> compared(Selected selected, Fresh fresh, long sinceModSeq) {
    if (fresh.info().isEmpty()) {
      return core.bye("Selected mailbox was deleted");
    }
    MailboxView view = selected.view();
    var news = new News(view);
    for (long uid : fresh.uids()) {
      news.appended(uid, 0);
    }
    news.gone = missing(view, fresh.uids());
    news.modSeq = fresh.info().get().highestModSeq();
    core.changes().covered(news.modSeq);
    var steps = new ArrayList<>(tell(selected, news, Expunges.TOLD));
    steps.add(flagsSince(selected, sinceModSeq));
    return steps;
  }

  /** What the client knows and is not there any more; both are ascending. */
  private static UidSet missing(MailboxView view, long[] present) {
    var gone = new ArrayList<UidSet.Range>();
    int i = 0;
    for (int sequence = 1; sequence <= view.count(); sequence++) {
      long uid = view.uid(sequence);
      while (i < present.length && present[i] < uid) {
        i++;
      }
      if (i == present.length || present[i] != uid) {
        gone.add(new UidSet.Range(uid, uid));
      }
    }
    return new UidSet(gone);
  }

  private ImapStep flagsSince(Selected selected, long modSeq) {
    var items = new ArrayList<FetchItem>(List.of(new FetchItem.Uid(), new FetchItem.FlagList()));
    if (core.tellsModSeq()) {
      items.add(new FetchItem.ModSeq());
    }
    MailboxView view = selected.view();
    var all = new java.util.BitSet();
    all.set(0, view.count());
    var output = new FetchOutput(selected.account(), view, all, items, OptionalLong.of(modSeq));
    return new ImapStep.Stream(output, List::of);
  }

  /** What there is to tell, each message once. */
  private static final class News {
    private final MailboxView view;
    private final TreeSet<Long> appended = new TreeSet<>();
    private final Map<Long, MailboxChange.FlagsChanged> flags = new LinkedHashMap<>();
    private UidSet gone = UidSet.EMPTY;
    private long modSeq;

    News(MailboxView view) {
      this.view = view;
    }

    void appended(long uid, long atModSeq) {
      if (uid > view.lastUid()) {
        appended.add(uid);
      }
      modSeq = Math.max(modSeq, atModSeq);
    }

    void flags(long uid, long atModSeq, Flags now) {
      flags.put(uid, new MailboxChange.FlagsChanged(view.mailboxId(), uid, atModSeq, now));
      modSeq = Math.max(modSeq, atModSeq);
    }

    void expunged(MailboxChange.Expunged change) {
      var ranges = new ArrayList<>(gone.ranges());
      ranges.addAll(change.uids().ranges());
      gone = new UidSet(ranges);
      appended.removeIf(change.uids()::contains);
      flags.keySet().removeIf(change.uids()::contains);
      modSeq = Math.max(modSeq, change.modSeq());
    }
  }
}
