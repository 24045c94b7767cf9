package org.malleposte.imap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/** REPLACE (RFC 8508): the new message is stored first, so that none is ever missing. */
final class ReplaceCommand {
  private final SessionCore core;
  private final AppendCommand append;

  ReplaceCommand(SessionCore core, AppendCommand append) {
    this.core = core;
    this.append = append;
  }

  List<ImapStep> replace(Selected selected, ImapCommand.Replace command) {
    MailboxView view = selected.view();
    Optional<BitSet> positions =
        MessageNumbers.resolve(view, command.numbering(), command.message());
    if (positions.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE);
    }
    if (selected.isReadOnly()) {
      return core.finish(ImapReplies.READ_ONLY);
    }
    if (positions.get().cardinality() != 1) {
      return core.finish(ImapReplies.NOTHING_TO_REPLACE);
    }
    UidSet old = view.uids(positions.get());
    return append.append(
        selected.account(),
        command.mailbox(),
        List.of(command.replacement()),
        stored -> expunge(selected, old, stored));
  }

  private List<ImapStep> expunge(Selected selected, UidSet old, List<Appended> stored) {
    long mailboxId = selected.view().mailboxId();
    return List.of(
        new ImapStep.Write<UidSet>(
            store -> store.expunge(selected.account(), mailboxId, old, false),
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<UidSet>(var gone) -> {
                    var steps = new ArrayList<ImapStep>();
                    steps.add(Send.line(ready(stored)));
                    core.changes().note(new MailboxChange.Expunged(mailboxId, gone, 0));
                    steps.addAll(core.finishExpunge(ImapReply.ok("Replace completed")));
                    yield steps;
                  }
                  case StoreAnswer.Refused<UidSet>(var why) ->
                      append.undo(selected.account(), stored, ImapReplies.refused(why));
                  case StoreAnswer.Unavailable<UidSet> _ ->
                      append.undo(selected.account(), stored, ImapReplies.UNAVAILABLE);
                }));
  }

  private static String ready(List<Appended> stored) {
    return ImapReply.ok("Replacement is stored").withCode(AppendCommand.code(stored)).line("*");
  }
}
