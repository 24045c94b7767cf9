package org.malleposte.imap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.MailboxStore.FlagsStored;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/** FETCH (RFC 3501 §6.4.5). */
final class FetchCommand {
  private final SessionCore core;

  FetchCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> fetch(Selected selected, ImapCommand.Fetch command) {
    Optional<BitSet> positions =
        MessageNumbers.resolve(selected.view(), command.numbering(), command.set());
    if (positions.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE, Expunges.HELD);
    }
    if (command.partial().isEmpty()) {
      return fetch(selected, command, positions.get());
    }
    PartialRange range = command.partial().get();
    return command.changedSince().isEmpty()
        ? fetch(selected, command, part(positions.get(), range))
        : List.of(
            new ImapStep.Read<>(
                store -> changed(store, selected, command, positions.get()),
                changed -> fetch(selected, command, part(changed, range))));
  }

  /** What has changed is counted, not what was asked about. */
  private static BitSet changed(
      MailboxStore store, Selected selected, ImapCommand.Fetch command, BitSet positions) {
    MailboxView view = selected.view();
    var changed = new BitSet();
    store.changedSince(
        selected.account(),
        view.mailboxId(),
        view.uids(positions),
        command.changedSince().orElseThrow(),
        message -> {
          int sequence = view.sequence(message.uid());
          if (sequence > 0) {
            changed.set(sequence - 1);
          }
        });
    return changed;
  }

  private static BitSet part(BitSet positions, PartialRange range) {
    int count = positions.cardinality();
    int start = range.start(count);
    var part = new BitSet();
    positions.stream().skip(start).limit(range.end(count) - start).forEach(part::set);
    return part;
  }

  private List<ImapStep> fetch(Selected selected, ImapCommand.Fetch command, BitSet positions) {
    if (command.vanished() && !core.has(Extension.QRESYNC)) {
      return core.finish(ImapReplies.QRESYNC_NOT_ENABLED);
    }
    var steps = new ArrayList<ImapStep>();
    boolean asksModSeq =
        command.changedSince().isPresent() || command.items().contains(new FetchItem.ModSeq());
    if (asksModSeq) {
      steps.addAll(core.tellModSeq());
    }
    if (command.vanished()) {
      steps.add(vanished(selected, command));
    }
    List<FetchItem> items = items(command);
    boolean marks = !selected.isReadOnly() && items.stream().anyMatch(FetchCommand::setsSeen);
    steps.addAll(
        marks && !positions.isEmpty()
            ? markSeen(selected, command, positions, items)
            : List.of(stream(selected, command, positions, items)));
    return steps;
  }

  private static ImapStep vanished(Selected selected, ImapCommand.Fetch command) {
    MailboxView view = selected.view();
    long since = command.changedSince().orElseThrow();
    return new ImapStep.Read<>(
        store -> {
          long id = view.mailboxId();
          long uidNext = store.find(selected.account(), id).map(MailboxInfo::uidNext).orElse(1L);
          UidSet asked =
              VanishedUids.intersection(
                  VanishedUids.uids(command.set()), VanishedUids.below(uidNext));
          return VanishedUids.among(asked, store.vanished(selected.account(), id, since), view);
        },
        gone -> gone.isEmpty() ? List.of() : List.of(Send.text(VanishedUids.lines(gone, true))));
  }

  private List<FetchItem> items(ImapCommand.Fetch command) {
    var items = new ArrayList<FetchItem>();
    // Every answer to a UID command has the UID (RFC 3501 §6.4.8).
    if (command.numbering() == Numbering.UID) {
      items.add(new FetchItem.Uid());
    }
    items.addAll(command.items());
    // A client that knows MODSEQ never sees flags without theirs (RFC 7162 §3.1).
    boolean showsFlags = core.tellsModSeq() && items.contains(new FetchItem.FlagList());
    if (showsFlags || command.changedSince().isPresent()) {
      items.add(new FetchItem.ModSeq());
    }
    return items;
  }

  private static boolean setsSeen(FetchItem item) {
    return item instanceof FetchItem.Section section && !section.peek()
        || item instanceof FetchItem.Binary binary && !binary.peek();
  }

  /** Before the bodies, so that one answer can hold body and new flags. */
  private List<ImapStep> markSeen(
      Selected selected, ImapCommand.Fetch command, BitSet positions, List<FetchItem> items) {
    return List.of(
        new ImapStep.Read<>(
            store -> unseen(store, selected, positions, command.changedSince()),
            unseen ->
                unseen.isEmpty()
                    ? List.of(stream(selected, command, positions, items))
                    : List.of(
                        new ImapStep.Write<>(
                            store ->
                                store.storeFlags(
                                    selected.account(),
                                    selected.view().mailboxId(),
                                    selected.view().uids(unseen),
                                    FlagChange.ADD,
                                    Flags.of(Flags.SEEN),
                                    OptionalLong.empty()),
                            answer -> marked(selected, command, positions, items, answer)))));
  }

  private static BitSet unseen(
      MailboxStore store, Selected selected, BitSet positions, OptionalLong changedSince) {
    MailboxView view = selected.view();
    var unseen = new BitSet();
    store.messages(
        selected.account(),
        view.mailboxId(),
        view.uids(positions),
        message -> {
          boolean wanted = changedSince.isEmpty() || message.modSeq() > changedSince.getAsLong();
          if (wanted && !message.flags().has(Flags.SEEN)) {
            unseen.set(view.sequence(message.uid()) - 1);
          }
        });
    return unseen;
  }

  /** When the store cannot be written the messages stay unseen, and reading goes on. */
  private List<ImapStep> marked(
      Selected selected,
      ImapCommand.Fetch command,
      BitSet positions,
      List<FetchItem> items,
      StoreAnswer<FlagsStored> answer) {
    if (!(answer instanceof StoreAnswer.Done<FlagsStored>(var stored))) {
      return List.of(stream(selected, command, positions, items));
    }
    stored.changed().forEach(core.changes()::own);
    var more = new ArrayList<>(items);
    more.add(new FetchItem.FlagList());
    if (core.tellsModSeq()) {
      more.add(new FetchItem.ModSeq());
    }
    return List.of(stream(selected, command, positions, more));
  }

  private static ImapReply reply(FetchOutput output) {
    if (output.unknownEncoding()) {
      return ImapReplies.UNKNOWN_ENCODING;
    }
    return output.missing() > 0 ? ImapReplies.EXPUNGED : ImapReply.ok("Fetch completed");
  }

  private ImapStep stream(
      Selected selected, ImapCommand.Fetch command, BitSet positions, List<FetchItem> items) {
    var output =
        new FetchOutput(
            selected.account(), selected.view(), positions, items, command.changedSince());
    Expunges expunges = command.numbering() == Numbering.UID ? Expunges.TOLD : Expunges.HELD;
    return new ImapStep.Stream(output, () -> core.finish(reply(output), expunges));
  }
}
