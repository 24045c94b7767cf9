package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;

/**
 * Several sessions do random things to one mailbox, and hear of each other late. Each client's list
 * of messages, made from responses alone, must be the mailbox in the end; no flag change is lost;
 * no message is recent for two.
 */
class SessionModelTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final String[] FLAGS = {"\\Deleted", "\\Flagged", "\\Seen", "$Work", "$Home"};

  private final FakeMailboxStore store = new FakeMailboxStore();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Map<Long, Integer> recentOf = new HashMap<>();
  private final StringBuilder dialogue = new StringBuilder();
  private Random random;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void everyClientSeesTheMailbox(long seed) {
    random = new Random(seed);
    try {
      run();
    } catch (Throwable e) {
      int from = Math.max(0, dialogue.length() - 4_000);
      throw new AssertionError("seed " + seed + "\n" + dialogue.substring(from), e);
    }
  }

  private void run() {
    store.create(ALICE, new MailboxName("Other")).join();
    for (int i = 0; i < 3; i++) {
      clients.add(new SimulatedClient(i + 1, store, ALICE, new Random(i), dialogue));
    }
    for (int round = 0; round < 300; round++) {
      act(clients.get(random.nextInt(clients.size())));
      if (round % 25 == 24) {
        settle();
      }
    }
  }

  private void act(SimulatedClient client) {
    client.hear(random.nextInt(4));
    int count = client.messages().size();
    String set = count == 0 ? "1:*" : range(count);
    String flag = FLAGS[random.nextInt(FLAGS.length)];
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> deliver(1 + random.nextInt(3));
      case 3 -> client.command("FETCH " + set + " (UID FLAGS)");
      case 4 -> client.command("STORE " + set + " +FLAGS (" + flag + ")");
      case 5 -> client.command("UID STORE 1:* -FLAGS (" + flag + ")");
      case 6 -> client.command("STORE " + set + " FLAGS (" + flag + ")");
      case 7 -> client.command("EXPUNGE");
      case 8 -> client.command("UID EXPUNGE " + (1 + random.nextInt(50)) + ":*");
      case 9 ->
          client.command(count == 0 ? "NOOP" : "COPY " + range(Math.min(count, 3)) + " INBOX");
      case 10 -> client.command("UID MOVE " + (1 + random.nextInt(80)) + " Other");
      case 11 -> client.command("SEARCH ALL");
      case 12 -> client.command("NOOP");
      case 13 -> idle(client);
      case 14 -> rare(client);
      case 15 -> client.command("UID FETCH 1:* (FLAGS)");
      default -> throw new AssertionError();
    }
  }

  private String range(int count) {
    int from = 1 + random.nextInt(count);
    return from + ":" + (from + random.nextInt(count - from + 1));
  }

  private void idle(SimulatedClient client) {
    client.command("IDLE");
    for (int i = random.nextInt(4); i >= 0; i--) {
      deliver(random.nextInt(2));
      client.hear(random.nextInt(5));
    }
    client.done();
  }

  private void rare(SimulatedClient client) {
    switch (random.nextInt(4)) {
      case 0 -> store.tellUnknown(ALICE, inbox());
      case 1 -> client.select();
      case 2 -> {
        // More than a session keeps.
        for (int i = 0; i < ImapLimits.PENDING_CHANGES_MAX; i++) {
          var how = i % 2 == 0 ? MailboxStore.FlagChange.ADD : MailboxStore.FlagChange.REMOVE;
          store.storeFlags(
              ALICE,
              inbox(),
              UidSet.range(1, 100_000),
              how,
              Flags.of("$Flood"),
              OptionalLong.empty());
        }
      }
      default -> store.expunge(ALICE, inbox(), UidSet.range(1, 40), false);
    }
  }

  private void deliver(int messages) {
    for (int i = 0; i < messages; i++) {
      var id = QueueId.create(Instant.EPOCH, random);
      store.append(
          new MailboxStore.Append(
              id,
              ALICE,
              MailboxName.INBOX,
              Flags.NONE,
              Instant.EPOCH,
              new MessageBody.InMemory(new byte[] {'x'})));
    }
  }

  private long inbox() {
    return store.find(ALICE, MailboxName.INBOX).orElseThrow().id();
  }

  /** All have heard all: then all know the same. */
  private void settle() {
    for (int i = 0; i < clients.size(); i++) {
      var client = clients.get(i);
      client.hear(Integer.MAX_VALUE);
      client.command("NOOP");
      checkFlags(client);
      client.command("UID FETCH 1:* (FLAGS)");
      check(client, i);
    }
  }

  private List<Message> inStore() {
    var all = new ArrayList<Message>();
    store.messages(ALICE, inbox(), UidSet.range(1, 100_000), all::add);
    return all;
  }

  /** What the client knows of flags, from whatever response, is true. */
  private void checkFlags(SimulatedClient client) {
    var all = inStore();
    assertThat(client.messages()).as("number of messages").hasSize(all.size());
    for (int i = 0; i < all.size(); i++) {
      var known = client.messages().get(i);
      if (known.flags != null) {
        var flags = new TreeSet<>(known.flags);
        flags.remove("\\Recent");
        assertThat(flags)
            .as("flags of UID " + all.get(i).uid())
            .isEqualTo(new TreeSet<>(all.get(i).flags().names()));
      }
    }
  }

  private void check(SimulatedClient client, int number) {
    var all = inStore();
    for (int i = 0; i < all.size(); i++) {
      var known = client.messages().get(i);
      assertThat(known.uid).as("UID at " + (i + 1)).isEqualTo(all.get(i).uid());
      if (known.flags.contains("\\Recent")) {
        // A client that has selected again is still the same one.
        Integer other = recentOf.putIfAbsent(known.uid, number);
        assertThat(other == null || other == number).as("recent twice").isTrue();
      }
    }
  }
}
