package org.malleposte.imap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.Copied;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/** COPY and MOVE (RFC 3501 §6.4.7, RFC 6851, RFC 4315 §3). */
final class CopyCommand {
  private final SessionCore core;

  CopyCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> copy(Selected selected, ImapCommand.Copy command) {
    Optional<BitSet> positions =
        MessageNumbers.resolve(selected.view(), command.numbering(), command.set());
    Optional<MailboxName> target = Mailboxes.name(command.mailbox());
    if (positions.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE);
    }
    if (target.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    if (positions.get().isEmpty()) {
      return core.finish(ImapReply.ok("No messages to copy"));
    }
    UidSet uids = selected.view().uids(positions.get());
    QueueId id = core.newId();
    return List.of(
        new ImapStep.Write<>(
            store ->
                store.copy(id, selected.account(), selected.view().mailboxId(), uids, target.get()),
            this::copied));
  }

  List<ImapStep> move(Selected selected, ImapCommand.Move command) {
    Optional<BitSet> positions =
        MessageNumbers.resolve(selected.view(), command.numbering(), command.set());
    Optional<MailboxName> target = Mailboxes.name(command.mailbox());
    if (positions.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE);
    }
    if (selected.isReadOnly()) {
      return core.finish(ImapReplies.READ_ONLY);
    }
    if (target.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    if (positions.get().isEmpty()) {
      return core.finish(ImapReply.ok("No messages to move"));
    }
    UidSet uids = selected.view().uids(positions.get());
    QueueId id = core.newId();
    return List.of(
        new ImapStep.Write<>(
            store ->
                store.move(id, selected.account(), selected.view().mailboxId(), uids, target.get()),
            answer -> moved(selected, answer)));
  }

  private List<ImapStep> copied(StoreAnswer<Copied> answer) {
    return switch (answer) {
      case StoreAnswer.Done<Copied>(var copied) ->
          core.finish(ImapReply.ok("Copy completed").withCode(code(copied)));
      case StoreAnswer.Refused<Copied>(var why) -> core.finish(refused(why));
      case StoreAnswer.Unavailable<Copied> _ -> core.finish(ImapReplies.UNAVAILABLE);
    };
  }

  /** The new UIDs come before the EXPUNGEs that they explain (RFC 6851 §4.3). */
  private List<ImapStep> moved(Selected selected, StoreAnswer<Copied> answer) {
    return switch (answer) {
      case StoreAnswer.Done<Copied>(var copied) -> {
        var steps = new ArrayList<ImapStep>();
        if (!copied.sourceUids().isEmpty()) {
          steps.add(Send.line(ImapReply.ok("Moved").withCode(code(copied)).line("*")));
          UidSet gone =
              UidSet.of(copied.sourceUids().stream().mapToLong(Long::longValue).toArray());
          core.changes().note(new MailboxChange.Expunged(selected.view().mailboxId(), gone, 0));
        }
        ImapReply done = ImapReply.ok("Move completed");
        steps.addAll(copied.sourceUids().isEmpty() ? core.finish(done) : core.finishExpunge(done));
        yield steps;
      }
      case StoreAnswer.Refused<Copied>(var why) -> core.finish(refused(why));
      case StoreAnswer.Unavailable<Copied> _ -> core.finish(ImapReplies.UNAVAILABLE);
    };
  }

  private static ImapReply refused(StoreAnswer.Refusal why) {
    return why == StoreAnswer.Refusal.NO_SUCH_MAILBOX
        ? ImapReplies.TRY_CREATE
        : ImapReplies.refused(why);
  }

  private static String code(Copied copied) {
    return copied.sourceUids().isEmpty()
        ? ""
        : "COPYUID "
            + copied.uidValidity()
            + " "
            + inOrder(copied.sourceUids())
            + " "
            + inOrder(copied.targetUids());
  }

  /** The n-th of one belongs to the n-th of the other, so neither may be sorted. */
  private static String inOrder(List<Long> uids) {
    var out = new StringBuilder();
    for (int i = 0; i < uids.size(); ) {
      int end = i;
      while (end + 1 < uids.size() && uids.get(end + 1) == uids.get(end) + 1) {
        end++;
      }
      out.append(out.isEmpty() ? "" : ",").append(uids.get(i));
      if (end > i) {
        out.append(':').append(uids.get(end));
      }
      i = end + 1;
    }
    return out.toString();
  }
}
