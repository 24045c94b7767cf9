package org.malleposte.imap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.MailboxStore.FlagsStored;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/** STORE, EXPUNGE and UID EXPUNGE (RFC 3501 §6.4.3, §6.4.6; RFC 4315 §2.1). */
final class StoreCommand {
  private final SessionCore core;

  StoreCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> store(Selected selected, ImapCommand.Store command) {
    Expunges expunges = command.numbering() == Numbering.UID ? Expunges.TOLD : Expunges.HELD;
    Optional<BitSet> positions =
        MessageNumbers.resolve(selected.view(), command.numbering(), command.set());
    Optional<Flags> flags = FlagArguments.parse(command.flags());
    if (positions.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE, expunges);
    }
    if (selected.isReadOnly()) {
      return core.finish(ImapReplies.READ_ONLY, expunges);
    }
    if (flags.isEmpty()) {
      return core.finish(ImapReplies.BAD_FLAG, expunges);
    }
    if (FlagArguments.tooMany(flags.get())) {
      return core.finish(ImapReplies.TOO_MANY_KEYWORDS, expunges);
    }
    var steps = new ArrayList<ImapStep>();
    if (command.unchangedSince().isPresent()) {
      steps.addAll(core.tellModSeq());
    }
    if (positions.get().isEmpty()) {
      steps.addAll(core.finish(ImapReply.ok("Store completed"), expunges));
      return steps;
    }
    steps.add(
        new ImapStep.Write<>(
            store ->
                store.storeFlags(
                    selected.account(),
                    selected.view().mailboxId(),
                    selected.view().uids(positions.get()),
                    change(command.how()),
                    flags.get(),
                    command.unchangedSince()),
            answer -> stored(selected, command, answer, expunges)));
    return steps;
  }

  private List<ImapStep> stored(
      Selected selected,
      ImapCommand.Store command,
      StoreAnswer<FlagsStored> answer,
      Expunges expunges) {
    return switch (answer) {
      case StoreAnswer.Done<FlagsStored>(var stored) -> {
        stored.changed().forEach(core.changes()::own);
        var steps = new ArrayList<ImapStep>();
        String lines = lines(selected.view(), command, stored.changed());
        if (!lines.isEmpty()) {
          steps.add(Send.text(lines));
        }
        steps.addAll(core.finish(reply(selected.view(), command, stored.failed()), expunges));
        yield steps;
      }
      case StoreAnswer.Refused<FlagsStored>(var why) ->
          core.finish(ImapReplies.refused(why), expunges);
      case StoreAnswer.Unavailable<FlagsStored> _ -> core.finish(ImapReplies.UNAVAILABLE, expunges);
    };
  }

  private String lines(MailboxView view, ImapCommand.Store command, List<Message> changed) {
    var out = new StringBuilder();
    for (var message : changed) {
      int sequence = view.sequence(message.uid());
      // With .SILENT a client that knows MODSEQ still learns the new one (RFC 7162 §3.1.3).
      if (sequence == 0 || command.silent() && !core.tellsModSeq()) {
        continue;
      }
      if (!command.silent() && view.learn(message.flags())) {
        out.append(FlagLines.announce(view));
      }
      out.append("* ").append(sequence).append(" FETCH (UID ").append(message.uid());
      if (!command.silent()) {
        out.append(" FLAGS (").append(FlagLines.of(view, message.uid(), message.flags()));
        out.append(')');
      }
      if (core.tellsModSeq()) {
        out.append(" MODSEQ (").append(message.modSeq()).append(')');
      }
      out.append(")\r\n");
    }
    return out.toString();
  }

  /** Those that were changed in between are named in the way in which the command named them. */
  private static ImapReply reply(MailboxView view, ImapCommand.Store command, UidSet failed) {
    if (failed.isEmpty()) {
      return ImapReply.ok("Store completed");
    }
    String names =
        switch (command.numbering()) {
          case UID -> failed.toString();
          case SEQUENCE -> sequences(view, failed);
        };
    return ImapReply.ok("Conditional store: some were changed").withCode("MODIFIED " + names);
  }

  private static String sequences(MailboxView view, UidSet uids) {
    return UidSet.of(view.positions(uids).stream().mapToLong(i -> i + 1L).toArray()).toString();
  }

  List<ImapStep> expunge(Selected selected) {
    MailboxView view = selected.view();
    return view.count() == 0
        ? core.finish(ImapReply.ok("Expunge completed"))
        : expunge(selected, UidSet.range(view.uid(1), view.lastUid()));
  }

  List<ImapStep> uidExpunge(Selected selected, SequenceSet set) {
    MailboxView view = selected.view();
    BitSet positions = MessageNumbers.resolve(view, Numbering.UID, set).orElseThrow();
    return positions.isEmpty()
        ? core.finish(ImapReply.ok("Expunge completed"))
        : expunge(selected, view.uids(positions));
  }

  private List<ImapStep> expunge(Selected selected, UidSet uids) {
    if (selected.isReadOnly()) {
      return core.finish(ImapReplies.READ_ONLY);
    }
    long id = selected.view().mailboxId();
    return List.of(
        new ImapStep.Write<>(
            store -> store.expunge(selected.account(), id, uids, true),
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<UidSet>(var gone) -> {
                    // Told even if the watch has not yet said so: the client waits for it.
                    core.changes().note(new MailboxChange.Expunged(id, gone, 0));
                    ImapReply done = ImapReply.ok("Expunge completed");
                    yield gone.isEmpty() ? core.finish(done) : core.finishExpunge(done);
                  }
                  case StoreAnswer.Refused<UidSet>(var why) ->
                      core.finish(ImapReplies.refused(why));
                  case StoreAnswer.Unavailable<UidSet> _ -> core.finish(ImapReplies.UNAVAILABLE);
                }));
  }

  private static FlagChange change(ImapCommand.StoreHow how) {
    return switch (how) {
      case REPLACE -> FlagChange.SET;
      case ADD -> FlagChange.ADD;
      case REMOVE -> FlagChange.REMOVE;
    };
  }
}
