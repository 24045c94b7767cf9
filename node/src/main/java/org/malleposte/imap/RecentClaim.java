package org.malleposte.imap;

import java.util.List;
import java.util.function.Supplier;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.StoreAnswer;

/**
 * Makes new messages {@code \Recent} in one session only (RFC 3501 §2.3.2). A claim is a write to
 * the store, so it is only made when there is something to claim; when the store cannot be written,
 * nothing is recent and reading goes on.
 */
final class RecentClaim {
  private final SessionCore core;

  RecentClaim(SessionCore core) {
    this.core = core;
  }

  /** After messages have been told: claims them, unless another session was quicker. */
  List<ImapStep> claimNew(Selected selected) {
    if (selected.isReadOnly()) {
      return List.of();
    }
    MailboxView view = selected.view();
    return List.of(
        new ImapStep.Read<>(
            store -> store.find(selected.account(), view.mailboxId()),
            info ->
                info.isPresent() && hasUnclaimed(info.get(), view)
                    ? List.of(claim(selected, () -> tellCount(view)))
                    : List.of()));
  }

  boolean hasUnclaimed(MailboxInfo info, MailboxView view) {
    return info.recentFrom() <= view.lastUid();
  }

  ImapStep claim(Selected selected, Supplier<List<ImapStep>> then) {
    MailboxView view = selected.view();
    return new ImapStep.Write<Long>(
        store -> store.claimRecent(selected.account(), view.mailboxId()),
        answer -> {
          if (answer instanceof StoreAnswer.Done<Long>(Long first)) {
            // What was applied before the claim is ours too, though it has not been told yet.
            view.addRecent(first, Math.max(view.lastUid(), core.changes().lastAppended()));
          }
          return then.get();
        });
  }

  private static List<ImapStep> tellCount(MailboxView view) {
    return List.of(Send.line("* " + view.recentCount() + " RECENT"));
  }
}
