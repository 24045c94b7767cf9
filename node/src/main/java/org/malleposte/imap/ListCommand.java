package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxStore;

/** LIST (RFC 3501 §6.3.8), with its extensions (RFC 5258, RFC 5819, RFC 6154). */
final class ListCommand {
  private final SessionCore core;

  ListCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> list(AccountName account, ImapCommand.ListMailboxes command) {
    var steps = new ArrayList<ImapStep>();
    if (command.patterns().equals(List.of(""))) {
      // Asks for the separator alone.
      steps.add(Send.line("* LIST (\\Noselect) \"/\" \"\""));
      steps.addAll(core.finish(ImapReply.ok("List completed")));
      return steps;
    }
    Optional<List<ListPattern>> patterns = patterns(command);
    if (patterns.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    if (command.options().status().contains(StatusItem.HIGHESTMODSEQ)) {
      steps.addAll(core.tellModSeq());
    }
    steps.add(
        new ImapStep.Read<>(
            store -> read(store, account, patterns.get(), command.options()), this::answer));
    return steps;
  }

  private String read(
      MailboxStore store, AccountName account, List<ListPattern> patterns, ListOptions options) {
    var names =
        new ListedNames(
            store.list(account),
            options.needsSubscriptions() ? store.subscriptions(account) : List.of());
    return ListLines.list(names, patterns, options, info -> status(store, account, info, options));
  }

  private String status(
      MailboxStore store, AccountName account, MailboxInfo info, ListOptions options) {
    return options.status().isEmpty()
        ? ""
        : StatusLine.read(store, account, info, options.status())
            .write(options.status(), core.settings());
  }

  private List<ImapStep> answer(String lines) {
    var steps = new ArrayList<ImapStep>();
    if (!lines.isEmpty()) {
      steps.add(Send.text(lines));
    }
    steps.addAll(core.finish(ImapReply.ok("List completed")));
    return steps;
  }

  /** Of several patterns an empty one matches nothing. */
  private static Optional<List<ListPattern>> patterns(ImapCommand.ListMailboxes command) {
    var patterns = new ArrayList<ListPattern>();
    try {
      for (String pattern : command.patterns()) {
        if (!pattern.isEmpty()) {
          patterns.add(new ListPattern(command.reference() + pattern));
        }
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(patterns);
  }
}
