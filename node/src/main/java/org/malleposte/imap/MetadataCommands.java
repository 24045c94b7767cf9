package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;

/**
 * Annotations of mailboxes and of the account (RFC 5464), kept as properties of the account under
 * {@code meta/ID/NAME}: the id of a mailbox is the same after a rename, and never another's.
 */
final class MetadataCommands {
  /** In place of a mailbox's id: what is said of no mailbox. */
  private static final long OF_ACCOUNT = 0;

  /** What came of the read: nothing when there is no such mailbox. */
  private record Found(long id, Map<String, byte[]> values) {}

  private final SessionCore core;

  MetadataCommands(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> get(AccountName account, ImapCommand.GetMetadata command) {
    return found(account, command.mailbox(), found -> answer(command, found));
  }

  List<ImapStep> set(AccountName account, ImapCommand.SetMetadata command) {
    boolean shared = command.values().keySet().stream().anyMatch(MetadataEntry::isShared);
    if (command.mailbox().isEmpty() && shared) {
      return core.finish(ImapReplies.NOT_OURS_TO_SHARE);
    }
    return found(
        account,
        command.mailbox(),
        found -> {
          var writes = new TreeMap<String, Optional<byte[]>>();
          command
              .values()
              .forEach((entry, value) -> writes.put(key(found.id(), entry.name()), bytes(value)));
          return write(
              account,
              writes.entrySet().iterator(),
              () -> core.finish(ImapReply.ok("Setmetadata completed")));
        });
  }

  /** Deletes what is said of a mailbox, then goes on; what cannot be deleted is seen by nobody. */
  List<ImapStep> forget(AccountName account, long mailboxId, Supplier<List<ImapStep>> then) {
    return List.of(
        new ImapStep.Read<>(
            store -> store.properties(account, key(mailboxId, "")),
            values -> {
              var writes = new TreeMap<String, Optional<byte[]>>();
              values.keySet().forEach(key -> writes.put(key, Optional.empty()));
              return write(account, writes.entrySet().iterator(), then);
            }));
  }

  private List<ImapStep> found(
      AccountName account, String mailbox, Function<Found, List<ImapStep>> then) {
    Optional<MailboxName> name = Mailboxes.name(mailbox);
    if (name.isEmpty() && !mailbox.isEmpty()) {
      return core.finish(ImapReplies.CANNOT);
    }
    return List.of(
        new ImapStep.Read<>(
            store -> read(store, account, name),
            found -> found.map(then).orElseGet(() -> core.finish(ImapReplies.NO_MAILBOX))));
  }

  private static Optional<Found> read(
      MailboxStore store, AccountName account, Optional<MailboxName> name) {
    Optional<Long> id =
        name.isEmpty()
            ? Optional.of(OF_ACCOUNT)
            : store.find(account, name.get()).map(MailboxInfo::id);
    return id.map(number -> new Found(number, store.properties(account, key(number, ""))));
  }

  private static String key(long id, String name) {
    return "meta/" + id + name;
  }

  private static Optional<byte[]> bytes(Optional<String> value) {
    return value.map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private List<ImapStep> answer(ImapCommand.GetMetadata command, Found found) {
    var steps = new ArrayList<ImapStep>();
    var line = new StringBuilder();
    long longest = 0;
    for (var entry : answered(command, found).entrySet()) {
      long size = entry.getValue().map(value -> (long) value.length).orElse(0L);
      if (size > command.maxSize().orElse(Long.MAX_VALUE)) {
        longest = Math.max(longest, size);
      } else {
        line.append(line.isEmpty() ? "" : " ").append(ImapText.astring(entry.getKey()));
        line.append(' ').append(entry.getValue().map(MetadataCommands::text).orElse("NIL"));
      }
    }
    if (!line.isEmpty()) {
      steps.add(Send.line("* METADATA " + Mailboxes.write(command.mailbox()) + " (" + line + ")"));
    }
    ImapReply done = ImapReply.ok("Getmetadata completed");
    steps.addAll(
        core.finish(longest > 0 ? done.withCode("METADATA LONGENTRIES " + longest) : done));
    return steps;
  }

  /** One that is asked for by its name and has no value is answered too. */
  private static Map<String, Optional<byte[]>> answered(
      ImapCommand.GetMetadata command, Found found) {
    var answered = new TreeMap<String, Optional<byte[]>>();
    command.entries().forEach(entry -> answered.put(entry.name(), Optional.empty()));
    String prefix = key(found.id(), "");
    found
        .values()
        .forEach(
            (key, value) -> {
              var entry = new MetadataEntry(key.substring(prefix.length()));
              if (command.entries().stream().anyMatch(e -> entry.isWithin(e, command.depth()))) {
                answered.put(entry.name(), Optional.of(value));
              }
            });
    return answered;
  }

  private static String text(byte[] value) {
    return ImapText.string(new String(value, StandardCharsets.ISO_8859_1));
  }

  private List<ImapStep> write(
      AccountName account,
      Iterator<Map.Entry<String, Optional<byte[]>>> rest,
      Supplier<List<ImapStep>> then) {
    if (!rest.hasNext()) {
      return then.get();
    }
    var next = rest.next();
    return List.of(
        new ImapStep.Write<Void>(
            store -> store.setProperty(account, next.getKey(), next.getValue()),
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Void> _ -> write(account, rest, then);
                  case StoreAnswer.Refused<Void>(var why) -> core.finish(refused(why));
                  case StoreAnswer.Unavailable<Void> _ -> core.finish(ImapReplies.UNAVAILABLE);
                }));
  }

  private static ImapReply refused(StoreAnswer.Refusal why) {
    return switch (why) {
      case OVER_QUOTA, NOT_PERMITTED -> ImapReplies.TOO_MUCH_METADATA;
      case NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX, MAILBOX_EXISTS, CONFLICT -> ImapReplies.refused(why);
    };
  }
}
