package org.malleposte.imap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.imap.ImapState.Authenticated;
import org.malleposte.imap.ImapState.LoggedIn;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;

/** SELECT, EXAMINE, CLOSE and UNSELECT (RFC 3501 §6.3.1, §6.3.2, §6.4.2; RFC 3691). */
final class SelectCommand {
  /**
   * The mailbox as it was read.
   *
   * @param firstUnseen UID; 0 when there is none or it is too far from the end
   * @param vanished since what the client remembers; nothing when it is of another mailbox
   */
  private record Opened(
      MailboxInfo info, long[] uids, long firstUnseen, Optional<Vanished> vanished) {}

  private final SessionCore core;

  SelectCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> select(LoggedIn from, ImapCommand.Select command) {
    if (command.resync().isPresent() && !core.has(Extension.QRESYNC)) {
      return core.finish(ImapReplies.QRESYNC_NOT_ENABLED);
    }
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Unwatch());
    if (from instanceof Selected) {
      // What comes after this line is of the new mailbox (RFC 7162 §3.2.11).
      steps.add(Send.line("* OK [CLOSED] Previous mailbox closed"));
    }
    // A SELECT that fails leaves nothing selected (RFC 3501 §6.3.1).
    leave(from);
    if (command.condStore()) {
      steps.addAll(core.tellModSeq());
    }
    Optional<MailboxName> name = Mailboxes.name(command.mailbox());
    if (name.isEmpty()) {
      steps.addAll(core.reply(ImapReplies.NO_MAILBOX));
      return steps;
    }
    AccountName account = from.account();
    steps.add(
        new ImapStep.Read<>(
            store -> store.find(account, name.get()),
            info ->
                info.isEmpty()
                    ? core.reply(ImapReplies.NO_MAILBOX)
                    : open(account, info.get(), command)));
    return steps;
  }

  List<ImapStep> unselect(Selected selected) {
    leave(selected);
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Unwatch());
    steps.addAll(core.reply(ImapReply.ok("Unselected")));
    return steps;
  }

  /** Expunges without a word, then unselects. */
  List<ImapStep> close(Selected selected) {
    if (selected.isReadOnly() || selected.view().count() == 0) {
      return unselect(selected);
    }
    MailboxView view = selected.view();
    return List.of(
        new ImapStep.Write<>(
            store ->
                store.expunge(
                    selected.account(),
                    view.mailboxId(),
                    UidSet.range(view.uid(1), view.lastUid()),
                    true),
            answer -> closed(selected, answer)));
  }

  private List<ImapStep> closed(Selected selected, StoreAnswer<UidSet> answer) {
    long modSeq =
        answer instanceof StoreAnswer.Done<UidSet>(var gone) && !gone.isEmpty()
            ? core.changes().modSeqWith(gone)
            : 0;
    leave(selected);
    ImapReply done = ImapReply.ok("Closed");
    boolean says = modSeq > 0 && core.has(Extension.QRESYNC);
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Unwatch());
    steps.addAll(core.reply(says ? done.withCode("HIGHESTMODSEQ " + modSeq) : done));
    return steps;
  }

  private String completed(Selected selected) {
    String code = selected.isReadOnly() ? "READ-ONLY" : "READ-WRITE";
    String text = selected.isReadOnly() ? "Examine completed" : "Select completed";
    return ImapReply.ok(text).withCode(code).line(core.tag()) + "\r\n";
  }

  /** What has gone, then what has changed (RFC 7162 §3.2.5.1). */
  private List<ImapStep> resync(
      Selected selected, Opened opened, Resync resync, StringBuilder out) {
    MailboxView view = selected.view();
    UidSet gone =
        VanishedUids.since(resync, opened.vanished().orElseThrow(), view, opened.info().uidNext());
    out.append(VanishedUids.lines(gone, true));
    BitSet known =
        view.positions(
            resync
                .knownUids()
                .map(VanishedUids::uids)
                .orElseGet(() -> UidSet.range(1, VanishedUids.UID_MAX)));
    List<FetchItem> items =
        List.of(new FetchItem.Uid(), new FetchItem.FlagList(), new FetchItem.ModSeq());
    var changed =
        new FetchOutput(selected.account(), view, known, items, OptionalLong.of(resync.modSeq()));
    return List.of(
        Send.text(out.toString()),
        new ImapStep.Stream(changed, () -> List.of(Send.text(completed(selected)))));
  }

  private void leave(LoggedIn from) {
    core.become(new Authenticated(from.account()));
    core.begin(new PendingChanges(0, 0));
  }

  private List<ImapStep> open(AccountName account, MailboxInfo found, ImapCommand.Select command) {
    core.begin(new PendingChanges(found.id(), 0));
    return List.of(
        new ImapStep.Watch(account, found.id()),
        new ImapStep.Read<>(
            store -> read(store, account, found.id(), command.resync()),
            opened ->
                opened.isEmpty()
                    ? core.reply(ImapReplies.NO_MAILBOX)
                    : opened(account, opened.get(), command)));
  }

  /** The state first, then the messages: a change between them is noted by the watch as well. */
  private static Optional<Opened> read(
      MailboxStore store, AccountName account, long id, Optional<Resync> resync) {
    return store
        .find(account, id)
        .map(
            info -> {
              long[] uids = store.uids(account, id);
              var vanished =
                  resync
                      .filter(remembered -> remembered.uidValidity() == info.uidValidity())
                      .map(remembered -> store.vanished(account, id, remembered.modSeq()));
              return new Opened(info, uids, firstUnseen(store, account, info, uids), vanished);
            });
  }

  /** Counts unseen messages from the end, where they mostly are. */
  private static long firstUnseen(
      MailboxStore store, AccountName account, MailboxInfo info, long[] uids) {
    int left = info.unseen();
    long first = 0;
    int scanned = 0;
    int end = uids.length;
    while (left > 0 && end > 0 && scanned < ImapLimits.UNSEEN_SCAN_MAX_MESSAGES) {
      int start = Math.max(0, end - ImapLimits.BATCH_MESSAGES);
      var unseen = new ArrayDeque<Long>();
      store.messages(
          account,
          info.id(),
          UidSet.range(uids[start], uids[end - 1]),
          message -> {
            if (!message.flags().has(Flags.SEEN)) {
              unseen.add(message.uid());
            }
          });
      first = unseen.isEmpty() ? first : unseen.getFirst();
      left -= unseen.size();
      scanned += end - start;
      end = start;
    }
    return left > 0 ? 0 : first;
  }

  private List<ImapStep> opened(AccountName account, Opened opened, ImapCommand.Select command) {
    MailboxInfo info = opened.info();
    var view = new MailboxView(info.id(), opened.uids());
    core.changes().covered(info.highestModSeq());
    var selected = new Selected(account, view, command.access());
    core.become(selected);
    boolean unclaimed = core.recent().hasUnclaimed(info, view);
    if (selected.isReadOnly() && unclaimed) {
      // Shown, not taken: the next session still finds them recent.
      view.addRecent(info.recentFrom(), view.lastUid());
    } else if (unclaimed) {
      return List.of(core.recent().claim(selected, () -> describe(selected, opened, command)));
    }
    return describe(selected, opened, command);
  }

  private List<ImapStep> describe(Selected selected, Opened opened, ImapCommand.Select command) {
    MailboxView view = selected.view();
    MailboxInfo info = opened.info();
    var out = new StringBuilder();
    out.append(selected.isReadOnly() ? FlagLines.announceReadOnly(view) : FlagLines.announce(view));
    out.append("* ").append(view.count()).append(" EXISTS\r\n");
    out.append("* ").append(view.recentCount()).append(" RECENT\r\n");
    if (opened.firstUnseen() > 0) {
      int sequence = view.sequence(opened.firstUnseen());
      out.append("* OK [UNSEEN ").append(sequence).append("] First unseen\r\n");
    }
    out.append("* OK [UIDVALIDITY ").append(info.uidValidity()).append("] UIDs valid\r\n");
    long uidNext = Math.max(info.uidNext(), view.lastUid() + 1);
    out.append("* OK [UIDNEXT ").append(uidNext).append("] Predicted next UID\r\n");
    out.append("* OK [MAILBOXID (")
        .append(ObjectIds.mailbox(info))
        .append(")] Its name for ever\r\n");
    out.append("* OK [HIGHESTMODSEQ ").append(info.highestModSeq()).append("] Highest\r\n");
    return opened.vanished().isEmpty()
        ? List.of(Send.text(out + completed(selected)))
        : resync(selected, opened, command.resync().orElseThrow(), out);
  }
}
