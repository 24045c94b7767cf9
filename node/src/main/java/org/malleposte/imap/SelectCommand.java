package org.malleposte.imap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ImapState.Authenticated;
import org.malleposte.imap.ImapState.LoggedIn;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.UidSet;

/** SELECT, EXAMINE, CLOSE and UNSELECT (RFC 3501 §6.3.1, §6.3.2, §6.4.2; RFC 3691). */
final class SelectCommand {
  /**
   * The mailbox as it was read.
   *
   * @param firstUnseen UID; 0 when there is none or it is too far from the end
   */
  private record Opened(MailboxInfo info, long[] uids, long firstUnseen) {}

  private final SessionCore core;

  SelectCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> select(LoggedIn from, ImapCommand.Select command) {
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
                    : open(account, info.get(), command.access())));
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
            answer -> unselect(selected)));
  }

  private void leave(LoggedIn from) {
    core.become(new Authenticated(from.account()));
    core.begin(new PendingChanges(0, 0));
  }

  private List<ImapStep> open(AccountName account, MailboxInfo found, ImapCommand.Access access) {
    core.begin(new PendingChanges(found.id(), 0));
    return List.of(
        new ImapStep.Watch(account, found.id()),
        new ImapStep.Read<>(
            store -> read(store, account, found.id()),
            opened ->
                opened.isEmpty()
                    ? core.reply(ImapReplies.NO_MAILBOX)
                    : opened(account, opened.get(), access)));
  }

  /** The state first, then the messages: a change between them is noted by the watch as well. */
  private static Optional<Opened> read(MailboxStore store, AccountName account, long id) {
    return store
        .find(account, id)
        .map(
            info -> {
              long[] uids = store.uids(account, id);
              return new Opened(info, uids, firstUnseen(store, account, info, uids));
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

  private List<ImapStep> opened(AccountName account, Opened opened, ImapCommand.Access access) {
    MailboxInfo info = opened.info();
    var view = new MailboxView(info.id(), opened.uids());
    core.changes().covered(info.highestModSeq());
    var selected = new Selected(account, view, access);
    core.become(selected);
    boolean unclaimed = core.recent().hasUnclaimed(info, view);
    if (selected.isReadOnly() && unclaimed) {
      // Shown, not taken: the next session still finds them recent.
      view.addRecent(info.recentFrom(), view.lastUid());
    } else if (unclaimed) {
      return List.of(core.recent().claim(selected, () -> describe(selected, opened)));
    }
    return describe(selected, opened);
  }

  private List<ImapStep> describe(Selected selected, Opened opened) {
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
    out.append("* OK [HIGHESTMODSEQ ").append(info.highestModSeq()).append("] Highest\r\n");
    String code = selected.isReadOnly() ? "READ-ONLY" : "READ-WRITE";
    String text = selected.isReadOnly() ? "Examine completed" : "Select completed";
    out.append(ImapReply.ok(text).withCode(code).line(core.tag())).append("\r\n");
    return List.of(Send.text(out.toString()));
  }
}
