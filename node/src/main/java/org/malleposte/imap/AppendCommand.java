package org.malleposte.imap;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.Append;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;

/** APPEND (RFC 3501 §6.3.11, RFC 4315 §3, RFC 7889). */
final class AppendCommand {
  private final SessionCore core;

  AppendCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> append(AccountName account, ImapCommand.Append command) {
    Optional<MailboxName> mailbox = Mailboxes.name(command.mailbox());
    Optional<Flags> flags = FlagArguments.parse(command.flags());
    if (mailbox.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    if (flags.isEmpty()) {
      return core.finish(ImapReplies.BAD_FLAG);
    }
    if (FlagArguments.tooMany(flags.get())) {
      return core.finish(ImapReplies.TOO_MANY_KEYWORDS);
    }
    var append =
        new Append(
            core.newId(),
            account,
            mailbox.get(),
            flags.get(),
            command.date().orElseGet(() -> core.clock().instant()).truncatedTo(ChronoUnit.SECONDS),
            command.message().body());
    return List.of(
        new ImapStep.Write<>(store -> store.append(append), answer -> core.finish(reply(answer))));
  }

  private static ImapReply reply(StoreAnswer<Appended> answer) {
    return switch (answer) {
      case StoreAnswer.Done<Appended>(var done) ->
          ImapReply.ok("Append completed")
              .withCode("APPENDUID " + done.uidValidity() + " " + done.uid());
      case StoreAnswer.Refused<Appended>(var why) ->
          why == StoreAnswer.Refusal.NO_SUCH_MAILBOX
              ? ImapReplies.TRY_CREATE
              : ImapReplies.refused(why);
      case StoreAnswer.Unavailable<Appended> _ -> ImapReplies.UNAVAILABLE;
    };
  }
}
