package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxStore;

/**
 * A session without a network, and a client that believes what it is told: it keeps its own list of
 * messages from the responses alone. Changes reach the session late, but before the answer to its
 * own write, as a node's event loop has it.
 */
final class SimulatedClient {
  private static final Pattern FETCH =
      Pattern.compile("\\* (\\d+) FETCH \\((?:UID (\\d+))?(?: ?FLAGS \\(([^)]*)\\))?.*");

  /** What the client knows of a message; null where it was not told. */
  static final class Known {
    Long uid;
    TreeSet<String> flags;
  }

  private final MailboxStore store;
  private final AccountName account;
  private final ImapSession session;
  private final Deque<MailboxChange> late = new ArrayDeque<>();
  private final List<Known> messages = new ArrayList<>();
  private final StringBuilder dialogue;
  private final int number;
  private AutoCloseable watch = () -> {};
  private boolean expungesAllowed = true;

  SimulatedClient(
      int number, MailboxStore store, AccountName account, Random random, StringBuilder dialogue) {
    this.number = number;
    this.store = store;
    this.account = account;
    this.dialogue = dialogue;
    session =
        new ImapSession(
            ImapSettings.of(List.of(), "sim", java.nio.file.Path.of("unused")),
            TestMechanisms.byDefault(),
            new Link(new SaslLink.Bare(true, true), false, "127.0.0.1"),
            () -> Instant.parse("2026-01-01T00:00:00Z"),
            random);
    perform(session.greeting());
    command("LOGIN x y");
    select();
  }

  void select() {
    messages.clear();
    command("SELECT INBOX");
  }

  List<Known> messages() {
    return messages;
  }

  /** Sends a command and takes its responses. */
  void command(String text) {
    note("C: " + text);
    // RFC 3501 §7.4.1: these leave sequence numbers as they are.
    expungesAllowed = !text.matches("(FETCH|STORE|SEARCH) .*");
    var framed =
        new FramedCommand(
            List.of(
                new FramedCommand.Part.Text(("t " + text).getBytes(StandardCharsets.ISO_8859_1))));
    perform(session.on(ImapCommandParser.parse(framed)));
    expungesAllowed = true;
  }

  void done() {
    note("C: DONE");
    perform(session.onLine("DONE"));
  }

  /** Lets some of what has happened reach the session. */
  void hear(int changes) {
    for (int i = 0; i < changes && !late.isEmpty(); i++) {
      session.onChange(late.poll());
    }
    perform(session.whenIdle());
  }

  private void perform(List<ImapStep> first) {
    var steps = new ArrayDeque<>(first);
    while (!steps.isEmpty()) {
      List<ImapStep> more = perform(steps.poll());
      more.reversed().forEach(steps::addFirst);
    }
  }

  private List<ImapStep> perform(ImapStep step) {
    return switch (step) {
      case ImapStep.Send(var bytes) -> {
        new String(bytes, StandardCharsets.ISO_8859_1).lines().forEach(this::told);
        yield List.of();
      }
      case ImapStep.Then(var next) -> next.get();
      case ImapStep.Read<?> read -> read(read);
      case ImapStep.Write<?> write -> write(write);
      case ImapStep.Stream(var output, var then) -> {
        stream(output);
        yield then.get();
      }
      case ImapStep.AskLogin(var _, Function<LoginAnswer, List<ImapStep>> then) ->
          then.apply(new LoginAnswer.Ended(new LoginOutcome.Granted(account)));
      case ImapStep.Admit(var _, Function<Boolean, List<ImapStep>> then) -> then.apply(true);
      case ImapStep.Watch(var watched, long mailboxId) -> {
        unwatch();
        watch =
            store.watch(
                watched,
                change -> {
                  if (change.mailboxId() == mailboxId) {
                    late.add(change);
                  }
                });
        yield List.of();
      }
      case ImapStep.Unwatch _ -> {
        unwatch();
        yield List.of();
      }
      case ImapStep.StartTls _, ImapStep.Compress _, ImapStep.Close _ ->
          throw new AssertionError(step);
      case ImapStep.Leave _ -> throw new AssertionError(step);
      case ImapStep.Count _ -> List.of();
    };
  }

  private <T> List<ImapStep> read(ImapStep.Read<T> read) {
    return read.then().apply(read.read().apply(store));
  }

  private <T> List<ImapStep> write(ImapStep.Write<T> write) {
    var answer = write.write().apply(store).join();
    while (!late.isEmpty()) {
      session.onChange(late.poll());
    }
    return write.then().apply(answer);
  }

  private void stream(Output output) {
    var random = new Random(7);
    try {
      boolean last = false;
      var text = new StringBuilder();
      while (!last) {
        var sink = new ByteSink(1 + random.nextInt(2_000));
        last = output.fill(store, sink);
        text.append(sink.toString(StandardCharsets.ISO_8859_1));
      }
      text.toString().lines().forEach(this::told);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      output.close();
    }
  }

  private void unwatch() {
    try {
      watch.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    late.clear();
  }

  private void told(String line) {
    note("S: " + line);
    Matcher fetch = FETCH.matcher(line);
    if (line.matches("\\* \\d+ EXISTS")) {
      int count = Integer.parseInt(line.split(" ")[1]);
      assertThat(count).as("EXISTS never shrinks").isGreaterThanOrEqualTo(messages.size());
      while (messages.size() < count) {
        messages.add(new Known());
      }
    } else if (line.matches("\\* \\d+ EXPUNGE")) {
      assertThat(expungesAllowed).as("EXPUNGE now").isTrue();
      messages.remove(Integer.parseInt(line.split(" ")[1]) - 1);
    } else if (fetch.matches()) {
      Known known = messages.get(Integer.parseInt(fetch.group(1)) - 1);
      learn(known, Optional.ofNullable(fetch.group(2)), Optional.ofNullable(fetch.group(3)));
    } else {
      assertThat(line).doesNotContain(" BAD ").doesNotContain("BYE");
    }
  }

  private static void learn(Known known, Optional<String> uid, Optional<String> flags) {
    if (uid.isPresent()) {
      long told = Long.parseLong(uid.get());
      assertThat(known.uid == null || known.uid == told).as("UID of a message stays").isTrue();
      known.uid = told;
    }
    if (flags.isPresent()) {
      known.flags = new TreeSet<>(List.of(flags.get().split(" ")));
      known.flags.remove("");
    }
  }

  private void note(String line) {
    dialogue.append(number).append(line).append('\n');
  }
}
