package org.malleposte.imap;

import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.Append;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/** APPEND of one or several messages (RFC 3501 §6.3.11, RFC 3502, RFC 4315 §3, RFC 7889). */
final class AppendCommand {
  /** What a command brings, and how much of it the store has taken. */
  private record Batch(AccountName account, Deque<Append> waiting, List<Appended> stored) {}

  private final SessionCore core;

  AppendCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> append(AccountName account, ImapCommand.Append command) {
    return append(
        account,
        command.mailbox(),
        command.messages(),
        stored -> core.finish(ImapReply.ok("Append completed").withCode(code(stored))));
  }

  /**
   * All of them, or none: when one is refused, those before it are taken out again.
   *
   * @param then when all are stored
   */
  List<ImapStep> append(
      AccountName account,
      String to,
      List<NewMessage> messages,
      Function<List<Appended>, List<ImapStep>> then) {
    Optional<MailboxName> mailbox = Mailboxes.name(to);
    if (mailbox.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    var waiting = new ArrayDeque<Append>();
    for (var message : messages) {
      Optional<Flags> flags = FlagArguments.parse(message.flags());
      if (flags.isEmpty()) {
        return core.finish(ImapReplies.BAD_FLAG);
      }
      if (FlagArguments.tooMany(flags.get())) {
        return core.finish(ImapReplies.TOO_MANY_KEYWORDS);
      }
      waiting.add(append(account, mailbox.get(), flags.get(), message));
    }
    return next(new Batch(account, waiting, new ArrayList<>()), then);
  }

  static String code(List<Appended> stored) {
    long[] uids = stored.stream().mapToLong(Appended::uid).toArray();
    return "APPENDUID " + stored.getFirst().uidValidity() + " " + UidSet.of(uids);
  }

  private Append append(AccountName account, MailboxName mailbox, Flags flags, NewMessage message) {
    return new Append(
        core.newId(),
        account,
        mailbox,
        flags,
        message.date().orElseGet(() -> core.clock().instant()).truncatedTo(ChronoUnit.SECONDS),
        message.message().body());
  }

  private List<ImapStep> next(Batch batch, Function<List<Appended>, List<ImapStep>> then) {
    Append append = batch.waiting().remove();
    return List.of(
        new ImapStep.Write<Appended>(
            store -> store.append(append),
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Appended>(var done) -> {
                    batch.stored().add(done);
                    yield batch.waiting().isEmpty()
                        ? then.apply(batch.stored())
                        : next(batch, then);
                  }
                  case StoreAnswer.Refused<Appended>(var why) -> undo(batch, reply(why));
                  case StoreAnswer.Unavailable<Appended> _ -> undo(batch, ImapReplies.UNAVAILABLE);
                }));
  }

  private static ImapReply reply(StoreAnswer.Refusal why) {
    return why == StoreAnswer.Refusal.NO_SUCH_MAILBOX
        ? ImapReplies.TRY_CREATE
        : ImapReplies.refused(why);
  }

  private List<ImapStep> undo(Batch batch, ImapReply reply) {
    return undo(batch.account(), batch.stored(), reply);
  }

  /** Takes out what has been stored, then ends the command with {@code reply}. */
  List<ImapStep> undo(AccountName account, List<Appended> stored, ImapReply reply) {
    if (stored.isEmpty()) {
      return core.finish(reply);
    }
    UidSet uids = UidSet.of(stored.stream().mapToLong(Appended::uid).toArray());
    long mailboxId = stored.getFirst().mailboxId();
    return List.of(
        new ImapStep.Write<>(
            // Without a majority this fails as well; then it is as with one message whose answer
            // is lost: it may be there.
            store -> store.expunge(account, mailboxId, uids, false),
            answer -> core.finish(reply)));
  }
}
