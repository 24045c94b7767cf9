package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;

/** The commands on mailboxes as a whole (RFC 3501 §6.3), except SELECT and APPEND. */
final class MailboxCommands {
  /** What a mailbox can be created for; {@code \All} and {@code \Flagged} would be virtual. */
  private static final List<String> USES =
      List.of("\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash");

  private final SessionCore core;

  MailboxCommands(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> lsub(AccountName account, ImapCommand.ListSubscribed command) {
    if (command.pattern().isEmpty()) {
      return answer("* LSUB (\\Noselect) \"/\" \"\"\r\n", "Lsub completed");
    }
    return pattern(command.reference(), command.pattern())
        .map(
            pattern ->
                reading(
                    store -> store.subscriptions(account),
                    names -> answer(ListLines.lsub(names, pattern), "Lsub completed")))
        .orElseGet(() -> core.finish(ImapReplies.CANNOT));
  }

  List<ImapStep> create(AccountName account, ImapCommand.Create command) {
    Optional<String> use = use(command.uses());
    if (use.isEmpty()) {
      return core.finish(ImapReplies.BAD_USE);
    }
    String written = command.mailbox();
    // A trailing separator only says that names below it will follow (RFC 3501 §6.3.3).
    String name = written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    return named(
        name,
        mailbox ->
            List.of(
                new ImapStep.Write<>(
                    store -> store.create(account, mailbox, use.get()),
                    answer -> core.finish(created(answer, use.get())))));
  }

  /** One mailbox has one use, and none can be what a mailbox of messages is not (RFC 6154 §3). */
  private static Optional<String> use(List<String> uses) {
    if (uses.isEmpty()) {
      return Optional.of("");
    }
    return uses.size() > 1
        ? Optional.empty()
        : USES.stream().filter(uses.getFirst()::equalsIgnoreCase).findFirst();
  }

  private static ImapReply created(StoreAnswer<MailboxInfo> answer, String use) {
    return switch (answer) {
      case StoreAnswer.Done<MailboxInfo> _ -> ImapReply.ok("Created");
      case StoreAnswer.Refused<MailboxInfo>(var why) ->
          why == StoreAnswer.Refusal.CONFLICT && !use.isEmpty()
              ? ImapReplies.BAD_USE
              : ImapReplies.refused(why);
      case StoreAnswer.Unavailable<MailboxInfo> _ -> ImapReplies.UNAVAILABLE;
    };
  }

  List<ImapStep> delete(AccountName account, String name) {
    return named(
        name,
        mailbox ->
            writing(store -> store.delete(account, mailbox), ImapReplies.NO_MAILBOX, "Deleted"));
  }

  List<ImapStep> rename(AccountName account, String from, String to) {
    return named(
        from,
        source ->
            named(
                to,
                target ->
                    writing(
                        store -> store.rename(account, source, target),
                        ImapReplies.NO_MAILBOX,
                        "Renamed")));
  }

  List<ImapStep> subscribe(AccountName account, String name, boolean subscribed) {
    return named(
        name,
        mailbox ->
            writing(
                store -> store.subscribe(account, mailbox, subscribed),
                ImapReplies.NO_MAILBOX,
                subscribed ? "Subscribed" : "Unsubscribed"));
  }

  List<ImapStep> status(AccountName account, ImapCommand.Status command) {
    return named(command.mailbox(), mailbox -> status(account, mailbox, command));
  }

  List<ImapStep> namespace() {
    return answer("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "Namespace completed");
  }

  private List<ImapStep> status(
      AccountName account, MailboxName mailbox, ImapCommand.Status command) {
    var steps = new ArrayList<ImapStep>();
    if (command.items().contains(StatusItem.HIGHESTMODSEQ)) {
      steps.addAll(core.tellModSeq());
    }
    steps.addAll(
        reading(
            store ->
                store
                    .find(account, mailbox)
                    .map(info -> StatusLine.read(store, account, info, command.items())),
            found ->
                found
                    .map(
                        line ->
                            answer(
                                line.write(command.items(), core.settings()), "Status completed"))
                    .orElseGet(() -> core.finish(ImapReplies.NO_MAILBOX))));
    return steps;
  }

  private <T> List<ImapStep> reading(
      Function<MailboxStore, T> read, Function<T, List<ImapStep>> then) {
    return List.of(new ImapStep.Read<>(read, then));
  }

  private <T> List<ImapStep> writing(
      Function<MailboxStore, java.util.concurrent.CompletableFuture<StoreAnswer<T>>> write,
      ImapReply noMailbox,
      String done) {
    return List.of(
        new ImapStep.Write<>(
            write,
            answer ->
                core.finish(
                    switch (answer) {
                      case StoreAnswer.Done<T> _ -> ImapReply.ok(done);
                      case StoreAnswer.Refused<T>(var why) ->
                          why == StoreAnswer.Refusal.NO_SUCH_MAILBOX
                              ? noMailbox
                              : ImapReplies.refused(why);
                      case StoreAnswer.Unavailable<T> _ -> ImapReplies.UNAVAILABLE;
                    })));
  }

  private List<ImapStep> named(String written, Function<MailboxName, List<ImapStep>> then) {
    return Mailboxes.name(written).map(then).orElseGet(() -> core.finish(ImapReplies.CANNOT));
  }

  private List<ImapStep> answer(String lines, String done) {
    var steps = new ArrayList<ImapStep>();
    if (!lines.isEmpty()) {
      steps.add(Send.text(lines));
    }
    steps.addAll(core.finish(ImapReply.ok(done)));
    return steps;
  }

  private static Optional<ListPattern> pattern(String reference, String pattern) {
    try {
      return Optional.of(new ListPattern(reference + pattern));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
