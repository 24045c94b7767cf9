package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.mailbox.UidSet;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ScheduledTimers;
import org.malleposte.shard.MailStore;
import org.malleposte.shard.ShardMap;
import org.malleposte.shard.ShardStates;

/** The mail store on real Ratis: three nodes, a wiped disk that a snapshot fills, restarts. */
class RatisMailStoreTest {
  private static final ShardMap MAP = new ShardMap(1);
  private static final AccountName ALICE = new AccountName("alice");
  private static final UidSet ALL = UidSet.range(1, 0xffff_ffffL);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path root;
  private final FakeNetwork network = new FakeNetwork(ForkJoinPool.commonPool());
  private final SecureRandom random = new SecureRandom();
  private final List<Node> nodes = new ArrayList<>();

  private final class Node implements AutoCloseable {
    final TestNode.Seat seat;
    final ScheduledTimers timers;
    final BlockingLane lane = new BlockingLane("lane", 2, 1000);
    final ShardStates states =
        new ShardStates(
            MAP, path -> RocksKeyValueStore.open(path, RocksKeyValueStore.Tuning.DEFAULT));
    final RaftNode raft;
    final MailStore store;

    Node(TestNode.Seat seat) throws IOException {
      this.seat = seat;
      timers = new ScheduledTimers("timers-" + seat.name());
      var identity = StoreIdentity.open(seat.directory(), random);
      String address = "127.0.0.1:" + seat.port();
      var name = new NodeName(seat.name());
      var end = network.join(name, seat.role(), identity.id(), address);
      var settings =
          new RaftSettings(
              name,
              identity,
              address,
              address,
              seat.directory(),
              "test",
              1 + MAP.shards(),
              seat.founders(),
              seat.tls(),
              TestNode.SMALL);
      raft = new RaftNode(settings, end, end, timers, InstantSource.system(), random, states::open);
      store =
          new MailStore(
              raft.groups(),
              states,
              timers,
              InstantSource.system(),
              random,
              lane,
              new MailStore.Settings(
                  Duration.ofSeconds(30),
                  Duration.ofSeconds(2),
                  MailStore.Settings.DEFAULT.limits(),
                  StorePolicy.NONE));
      raft.start();
      nodes.add(this);
    }

    MailboxStore mail() {
      return store.mailboxes();
    }

    @Override
    public void close() {
      nodes.remove(this);
      network.leave(new NodeName(seat.name()));
      store.close();
      raft.close();
      lane.close();
      timers.close();
    }
  }

  private Node start(String name, Role role) throws IOException {
    return new Node(TestNode.Seat.of(name, role, root, 3));
  }

  @AfterEach
  void close() {
    List.copyOf(nodes).forEach(Node::close);
  }

  private MailboxStore.Append mail(int size) {
    return new MailboxStore.Append(
        QueueId.create(Instant.now(), random),
        ALICE,
        MailboxName.INBOX,
        Flags.NONE,
        Instant.ofEpochSecond(1_780_000_000),
        new MessageBody.InMemory(new byte[size]));
  }

  /** One after the other: each is an entry of its own, and snapshots become due. */
  private void append(Node node, int count) {
    for (int i = 0; i < count; i++) {
      done(node.mail().append(mail(500)));
    }
  }

  private static <T> T done(CompletableFuture<StoreAnswer<T>> future) {
    var answer = future.orTimeout(60, TimeUnit.SECONDS).join();
    if (answer instanceof StoreAnswer.Done<T>(var value)) {
      return value;
    }
    throw new AssertionError("not done: " + answer);
  }

  private void awaitSame(int messages) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              for (var node : nodes) {
                assertThat(node.mail().find(ALICE, MailboxName.INBOX).orElseThrow().messages())
                    .as(node.seat.name())
                    .isEqualTo(messages);
              }
              var first = nodes.getFirst().states.state(1).digest();
              for (var node : nodes) {
                var digest = node.states.state(1).digest();
                assertThat(digest.agrees(first)).as(node.seat.name()).isTrue();
              }
            });
  }

  @Test
  void aWipedDiskIsFilledBySnapshotAndLog() throws Exception {
    var a = start("a", Role.PRIMARY);
    start("b", Role.SECONDARY);
    var c = start("c", Role.SECONDARY);
    var large = mail(1_000_000);
    done(c.mail().append(large));
    append(c, 30);
    var seat = c.seat;
    c.close();
    append(a, 500);
    Ledger.deleteAll(seat.directory());
    c = new Node(seat);
    awaitSame(531);
    // It began with db-1, and a snapshot took its place.
    assertThat(Files.readString(seat.directory().resolve("state/1/current")))
        .isNotEqualTo("db-1\n");
    assertThat(c.mail().uids(ALICE, 1)).hasSize(531);
    var blobs = new ArrayList<String>();
    c.mail().messages(ALICE, 1, UidSet.of(1), message -> blobs.add(message.blob()));
    try (var body = c.mail().openBody(ALICE, blobs.getFirst())) {
      assertThat(body.readAllBytes()).hasSize(1_000_000);
    }
    // The memory of ids has come along: a repeat from any node is one.
    assertThat(done(c.mail().append(large)).repeated()).isTrue();
    append(c, 5);
    awaitSame(536);
  }

  @Test
  void allStopAndStartAgain() throws Exception {
    var a = start("a", Role.PRIMARY);
    var b = start("b", Role.SECONDARY);
    var c = start("c", Role.SECONDARY);
    append(b, 60);
    done(a.mail().expunge(ALICE, 1, UidSet.range(1, 50), false));
    var seats = List.of(a.seat, b.seat, c.seat);
    List.copyOf(nodes).forEach(Node::close);
    for (var seat : seats.reversed()) {
      new Node(seat);
    }
    append(nodes.getFirst(), 10);
    awaitSame(20);
    assertThat(done(nodes.getLast().mail().expunge(ALICE, 1, ALL, false)).count()).isEqualTo(20);
    awaitSame(0);
  }
}
