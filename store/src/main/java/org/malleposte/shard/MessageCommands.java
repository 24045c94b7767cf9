package org.malleposte.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardAnswer.Refused;
import org.malleposte.shard.ShardCommand.Append;
import org.malleposte.shard.ShardCommand.Body;
import org.malleposte.shard.ShardCommand.Expunge;
import org.malleposte.shard.ShardCommand.StoreFlags;
import org.malleposte.shard.ShardCommand.Transfer;

/**
 * Applies commands on messages. What refuses is looked at before anything is changed. Belongs to
 * the applying thread.
 */
final class MessageCommands {
  private static final int MESSAGE_ANSWER_BYTES = 64;
  private static final ShardAnswer NO_SUCH_MAILBOX = new Refused(Refusal.NO_SUCH_MAILBOX);

  private final Repeats repeats;
  private final Uploads uploads;
  private final KeptMessages kept;

  MessageCommands(Repeats repeats, Uploads uploads, KeptMessages kept) {
    this.repeats = repeats;
    this.uploads = uploads;
    this.kept = kept;
  }

  ShardAnswer append(EntryChanges changes, OpenAccount account, Append append) {
    var first = Repeats.find(changes.keys(), account, append.id(), 0);
    if (first.isPresent()) {
      return repeated(first.get());
    }
    var found = account.mailbox(append.mailbox());
    if (found.isEmpty()) {
      return NO_SUCH_MAILBOX;
    }
    var mailbox = found.get();
    long uid = append.more().uid() == 0 ? mailbox.record().uidNext() : append.more().uid();
    if (uid < mailbox.record().uidNext()) {
      return new Refused(Refusal.CONFLICT);
    }
    if (uid > ShardCommand.MAX_UID
        || !account.permits(append.more().quota(), sizeOf(append.body()), 1)) {
      return new Refused(Refusal.OVER_QUOTA);
    }
    var blob = body(changes, account, mailbox, uid, append.body());
    if (blob.isEmpty()) {
      return new ShardAnswer.BodyMissing();
    }
    var message =
        new MessageRecord(
            mailbox.nextModSeq(),
            append.flags(),
            append.dateSeconds(),
            sizeOf(append.body()),
            blob.get(),
            changes.timeMillis() / 1000);
    Bodies.index(changes.keys(), account.key(), blob.get(), append.more().index());
    add(changes, account, mailbox, uid, message);
    var answer = new ShardAnswer.Appended(mailbox.id(), mailbox.record().uidValidity(), uid, false);
    repeats.remember(changes.keys(), account, append.id(), 0, answer);
    return answer;
  }

  private static ShardAnswer repeated(ShardAnswer first) {
    return first instanceof ShardAnswer.Appended(var mailboxId, var uidValidity, var uid, var _)
        ? new ShardAnswer.Appended(mailboxId, uidValidity, uid, true)
        // The id was another kind of command's: its first answer is all there is.
        : first;
  }

  private Optional<String> body(
      EntryChanges changes, OpenAccount account, OpenMailbox mailbox, long uid, Body body) {
    return switch (body) {
      case Body.Inline(var bytes) -> {
        String blob = Bodies.inlineName(mailbox.id(), uid);
        Bodies.put(changes.keys(), account.key(), blob, bytes);
        yield Optional.of(blob);
      }
      case Body.Uploaded uploaded -> uploads.take(changes.keys(), account, uploaded);
    };
  }

  private static long sizeOf(Body body) {
    return switch (body) {
      case Body.Inline(var bytes) -> bytes.length;
      case Body.Uploaded(var _, var sizeBytes) -> sizeBytes;
    };
  }

  /** Gives the message the next UID. */
  static long add(
      EntryChanges changes, OpenAccount account, OpenMailbox mailbox, MessageRecord message) {
    return add(changes, account, mailbox, mailbox.record().uidNext(), message);
  }

  private static long add(
      EntryChanges changes,
      OpenAccount account,
      OpenMailbox mailbox,
      long uid,
      MessageRecord message) {
    mailbox.add(changes.keys(), uid, message);
    changes.changed(mailbox);
    if (changes.watched(account)) {
      changes.tell(account, new MailboxChange.Appended(mailbox.id(), uid, message.modSeq()));
    }
    return uid;
  }

  /** A message that a command works on. */
  private record Chosen(long uid, MessageRecord message) {}

  /** What a command works on now, and where the next one goes on. */
  private record Choice(List<Chosen> messages, long resumeFrom) {}

  private static Choice choose(EntryChanges changes, OpenMailbox mailbox, UidSet uids) {
    var found = mailbox.find(changes.keys(), uids, ShardCommand.MAX_MESSAGES);
    var messages = new ArrayList<Chosen>(found.uids().length);
    long answerBytes = 0;
    for (long uid : found.uids()) {
      if (answerBytes > ShardAnswer.MAX_BYTES) {
        return new Choice(messages, uid);
      }
      var message =
          mailbox
              .message(changes.keys(), uid)
              .orElseThrow(() -> new IllegalStateException("no message of UID " + uid));
      messages.add(new Chosen(uid, message));
      answerBytes += MESSAGE_ANSWER_BYTES + keywordBytes(message.flags());
    }
    return new Choice(messages, found.resumeFrom());
  }

  private static int keywordBytes(Flags flags) {
    int bytes = 0;
    for (String flag : flags.names()) {
      bytes += Flags.isSystem(flag) ? 0 : 3 + 3 * flag.length();
    }
    return bytes;
  }

  ShardAnswer storeFlags(EntryChanges changes, OpenAccount account, StoreFlags command) {
    var found = account.mailbox(command.mailboxId());
    if (found.isEmpty()) {
      return NO_SUCH_MAILBOX;
    }
    var mailbox = found.get();
    var choice = choose(changes, mailbox, command.uids());
    for (var chosen : choice.messages()) {
      if (!ShardCommand.permits(flagsAfter(command, chosen.message().flags()))) {
        return new Refused(Refusal.NOT_PERMITTED);
      }
    }
    long modSeq = mailbox.nextModSeq();
    var after = new ArrayList<Message>();
    var failed = new ArrayList<Long>();
    for (var chosen : choice.messages()) {
      // RFC 7162 §3.1.3: a message changed since then is not touched.
      if (chosen.message().modSeq() > command.unchangedSince().orElse(Long.MAX_VALUE)) {
        failed.add(chosen.uid());
      } else {
        after.add(setFlags(changes, account, mailbox, chosen, command, modSeq));
      }
    }
    return new ShardAnswer.FlagsStored(after, UidSet.ofAscending(failed), choice.resumeFrom());
  }

  private static Message setFlags(
      EntryChanges changes,
      OpenAccount account,
      OpenMailbox mailbox,
      Chosen chosen,
      StoreFlags command,
      long modSeq) {
    var before = chosen.message();
    var flags = flagsAfter(command, before.flags());
    // Without a change there is no new MODSEQ: or clients would fetch what they have.
    if (flags.equals(before.flags())) {
      return before.toMessage(chosen.uid());
    }
    var after = before.with(modSeq, flags);
    mailbox.replace(changes.keys(), chosen.uid(), before, after);
    changes.changed(mailbox);
    if (changes.watched(account)) {
      changes.tell(
          account, new MailboxChange.FlagsChanged(mailbox.id(), chosen.uid(), modSeq, flags));
    }
    return after.toMessage(chosen.uid());
  }

  private static Flags flagsAfter(StoreFlags command, Flags before) {
    return switch (command.how()) {
      case SET -> command.flags();
      case ADD -> before.with(command.flags());
      case REMOVE -> before.without(command.flags());
    };
  }

  ShardAnswer expunge(EntryChanges changes, OpenAccount account, Expunge command) {
    var found = account.mailbox(command.mailboxId());
    if (found.isEmpty()) {
      return NO_SUCH_MAILBOX;
    }
    var choice = choose(changes, found.get(), command.uids());
    var gone = new ArrayList<Chosen>();
    for (var chosen : choice.messages()) {
      if (!command.onlyDeleted() || chosen.message().flags().has(Flags.DELETED)) {
        gone.add(chosen);
      }
    }
    for (var chosen : gone) {
      kept.expunged(
          changes,
          account.key(),
          new KeptMessages.From(found.get().id(), found.get().name()),
          chosen.uid(),
          chosen.message(),
          command.keepSeconds());
    }
    var uids = remove(changes, account, found.get(), gone);
    return new ShardAnswer.Expunged(uids, choice.resumeFrom());
  }

  /** Takes messages out of a mailbox; their bodies are the caller's matter. */
  private static UidSet remove(
      EntryChanges changes, OpenAccount account, OpenMailbox mailbox, List<Chosen> gone) {
    if (gone.isEmpty()) {
      return UidSet.EMPTY;
    }
    long modSeq = mailbox.nextModSeq();
    for (var chosen : gone) {
      mailbox.remove(changes.keys(), chosen.uid(), chosen.message(), modSeq);
    }
    var uids = UidSet.ofAscending(gone.stream().map(Chosen::uid).toList());
    mailbox.vanished(changes.keys(), uids, modSeq);
    changes.changed(mailbox);
    if (changes.watched(account)) {
      changes.tell(account, new MailboxChange.Expunged(mailbox.id(), uids, modSeq));
    }
    return uids;
  }

  ShardAnswer transfer(EntryChanges changes, OpenAccount account, Transfer command) {
    var first = Repeats.find(changes.keys(), account, command.id(), command.part());
    if (first.isPresent()) {
      return first.get();
    }
    var source = account.mailbox(command.mailboxId());
    var target = account.mailbox(command.target());
    if (source.isEmpty() || target.isEmpty()) {
      return NO_SUCH_MAILBOX;
    }
    if (target.get().record().uidNext() > ShardCommand.MAX_UID - ShardCommand.MAX_MESSAGES
        || command.kind() == Transfer.Kind.COPY
            && !permits(changes, account, source.get(), command)) {
      return new Refused(Refusal.OVER_QUOTA);
    }
    var answer =
        transfer(changes, account, source.get(), target.get(), command.uids(), command.kind());
    repeats.remember(changes.keys(), account, command.id(), command.part(), answer);
    return answer;
  }

  private static boolean permits(
      EntryChanges changes, OpenAccount account, OpenMailbox source, Transfer command) {
    if (!command.quota().isLimited()) {
      return true;
    }
    var messages = choose(changes, source, command.uids()).messages();
    long bytes = messages.stream().mapToLong(chosen -> chosen.message().sizeBytes()).sum();
    return account.permits(command.quota(), bytes, messages.size());
  }

  /** Source and target may be one mailbox: the messages get new UIDs. */
  static ShardAnswer.Transferred transfer(
      EntryChanges changes,
      OpenAccount account,
      OpenMailbox source,
      OpenMailbox target,
      UidSet uids,
      Transfer.Kind kind) {
    var choice = choose(changes, source, uids);
    var targets = new ArrayList<Long>();
    long modSeq = target.nextModSeq();
    for (var chosen : choice.messages()) {
      var message = chosen.message();
      if (kind == Transfer.Kind.COPY) {
        Bodies.share(changes.keys(), account.key(), message.blob());
      }
      var copy = message.cameAt(modSeq, message.flags(), changes.timeMillis() / 1000);
      targets.add(add(changes, account, target, copy));
    }
    if (kind == Transfer.Kind.MOVE) {
      remove(changes, account, source, choice.messages());
    }
    return new ShardAnswer.Transferred(
        target.record().uidValidity(),
        choice.messages().stream().map(Chosen::uid).toList(),
        targets,
        choice.resumeFrom());
  }
}
