package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.raft.FoundingState.Ballot;
import org.malleposte.raft.FoundingState.Founded;
import org.malleposte.raft.FoundingState.Open;
import org.malleposte.raft.FoundingState.Vote;
import org.malleposte.raft.FoundingText.Answer;
import org.malleposte.raft.FoundingText.Message;

/**
 * The founding alone, in one thread: nodes that crash after any message, whose disks are wiped, and
 * that do not see each other.
 */
class FoundingTest {
  @TempDir Path root;
  private final FakeNetwork network = new FakeNetwork(Runnable::run);
  private final Map<String, Node> nodes = new TreeMap<>();
  private Random random = new Random(1);

  /** Throws in the middle of what a node does, as a crash would end it. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  /** A node with everything but groups. */
  private final class Node {
    final String name;
    final Path directory;
    StoreIdentity identity;
    FoundingAcceptor acceptor;
    Founding founding;
    FakeNetwork.Node link;
    boolean opened;
    int messagesUntilCrash = Integer.MAX_VALUE;

    Node(String name) {
      this.name = name;
      this.directory = root.resolve(name);
    }

    void start() {
      identity = StoreIdentity.open(directory, random);
      link = network.join(new NodeName(name), Role.PRIMARY, identity.id(), name + ":1");
      var settings =
          new RaftSettings(
              new NodeName(name),
              identity,
              name + ":1",
              name + ":1",
              directory,
              "test",
              3,
              3,
              Optional.empty(),
              RaftSettings.Tuning.DEFAULT);
      acceptor = new FoundingAcceptor(directory, settings.self());
      founding =
          new Founding(
              settings,
              acceptor,
              crashing(),
              link,
              InstantSource.system(),
              random,
              Runnable::run,
              this::hold);
      // As RaftNode does.
      opened = founded().isPresent();
    }

    private CompletableFuture<Void> hold() {
      opened = true;
      return CompletableFuture.completedFuture(null);
    }

    private org.malleposte.link.NodeLink crashing() {
      var inner = link;
      return new org.malleposte.link.NodeLink() {
        @Override
        public NodeName self() {
          return inner.self();
        }

        @Override
        public CompletableFuture<byte[]> request(
            NodeName to, String service, byte[] payload, Duration timeout) {
          if (messagesUntilCrash-- <= 0) {
            throw new Crash();
          }
          return inner.request(to, service, payload, Duration.ofSeconds(20));
        }

        @Override
        public void serve(String service, Service handler) {
          inner.serve(service, handler);
        }
      };
    }

    void tick() {
      try {
        founding.tick();
      } catch (Crash _) {
        crash();
      }
    }

    void crash() {
      network.leave(new NodeName(name));
      acceptor = null;
      messagesUntilCrash = Integer.MAX_VALUE;
      opened = false;
    }

    boolean isUp() {
      return acceptor != null;
    }

    void wipe() throws Exception {
      Ledger.deleteAll(directory);
    }

    Optional<FoundingRecord> founded() {
      return acceptor.state() instanceof Founded(var record)
          ? Optional.of(record)
          : Optional.empty();
    }

    Peer.Id id() {
      return new Peer.Id(new NodeName(name), identity.id());
    }
  }

  private Node start(String name) {
    var node = nodes.computeIfAbsent(name, Node::new);
    node.start();
    return node;
  }

  private void tickAll() {
    nodes.values().stream().filter(Node::isUp).forEach(Node::tick);
  }

  private void assertFoundedAlike(int peers) {
    var records = nodes.values().stream().map(Node::founded).distinct().toList();
    assertThat(records).hasSize(1);
    assertThat(records.getFirst()).map(r -> r.peers().size()).contains(peers);
    assertThat(nodes.values()).allMatch(n -> n.opened);
  }

  @Test
  void nobodyFoundsWhileOneIsMissing() {
    var a = start("a");
    var b = start("b");
    tickAll();
    assertThat(List.of(a, b)).noneMatch(n -> n.opened);
    start("c");
    tickAll();
    assertFoundedAlike(3);
  }

  @Test
  void nobodyFoundsWhileOneDoesNotAnswer() {
    start("a");
    start("b");
    start("c");
    // It is in the view, and may know of a founding.
    network.join(new NodeName("d"), Role.SECONDARY, "0123456789abcdef", "d:1");
    tickAll();
    assertThat(nodes.values()).noneMatch(n -> n.opened);
    network.leave(new NodeName("d"));
    tickAll();
    assertFoundedAlike(3);
  }

  @Test
  void aFourthIsNoFounder() {
    for (String name : List.of("d", "c", "b", "a")) {
      start(name);
    }
    tickAll();
    assertFoundedAlike(3);
    assertThat(nodes.get("a").founded().orElseThrow().contains(nodes.get("d").id())).isFalse();
  }

  /** The proposer crashes before each of its messages, and returns, or returns with a new disk. */
  @Test
  void theProposerCrashesAtEachStep() throws Exception {
    for (boolean wiped : List.of(false, true)) {
      for (int messages = 0; messages <= 8; messages++) {
        nodes.clear();
        for (String name : List.of("a", "b", "c")) {
          Ledger.deleteAll(root.resolve(name));
          start(name);
        }
        var a = nodes.get("a");
        a.messagesUntilCrash = messages;
        a.tick();
        if (a.isUp()) {
          a.crash();
        }
        tickAll();
        if (wiped) {
          a.wipe();
        }
        a.start();
        tickAll();
        tickAll();
        tickAll();
        assertFoundedAlike(3);
      }
    }
  }

  /** Someone who voted crashes, and returns, or returns with a new disk. */
  @Test
  void aVoterCrashesAtEachStep() throws Exception {
    for (boolean wiped : List.of(false, true)) {
      for (int messages = 0; messages <= 8; messages++) {
        nodes.clear();
        for (String name : List.of("a", "b", "c")) {
          Ledger.deleteAll(root.resolve(name));
          start(name);
        }
        var a = nodes.get("a");
        var b = nodes.get("b");
        a.messagesUntilCrash = messages;
        a.tick();
        b.crash();
        if (!a.isUp()) {
          a.start();
        }
        tickAll();
        if (wiped) {
          b.wipe();
        }
        b.start();
        for (int i = 0; i < 4; i++) {
          tickAll();
        }
        assertFoundedAlike(3);
      }
    }
  }

  @Test
  void aVoteThatMayHaveBeenTheLastIsProposedAgain() {
    for (String name : List.of("a", "b", "c")) {
      start(name);
    }
    var peers = Peer.live(nodes.get("a").link.view());
    var record = new FoundingRecord("r1", "test", 3, Instant.EPOCH, peers);
    var ballot = new Ballot(5, new NodeName("c"));
    nodes.get("c").acceptor.vote(ballot, record);
    tickAll();
    assertFoundedAlike(3);
    assertThat(nodes.get("a").founded()).contains(record);
  }

  @Test
  void aVoteForAListWithAMissingNodeIsWaitedFor() {
    for (String name : List.of("a", "b", "c", "d")) {
      start(name);
    }
    var record =
        new FoundingRecord(
            "r1", "test", 3, Instant.EPOCH, Peer.live(nodes.get("a").link.view()).subList(1, 4));
    nodes.get("b").acceptor.vote(new Ballot(5, new NodeName("b")), record);
    nodes.get("d").crash();
    var d = nodes.remove("d");
    tickAll();
    // d, or who proposed, may act on it.
    assertThat(nodes.values()).noneMatch(n -> n.opened);
    nodes.put("d", d);
    d.start();
    tickAll();
    tickAll();
    assertFoundedAlike(3);
    assertThat(nodes.get("a").founded()).contains(record);
  }

  @Test
  void aProposerThatWasOvertakenDoesNotFound() {
    start("a");
    start("b");
    start("c");
    var a = nodes.get("a");
    var record = new FoundingRecord("r1", "test", 3, Instant.EPOCH, Peer.live(a.link.view()));
    var old = new Ballot(1, new NodeName("a"));
    a.acceptor.promise(old);
    a.acceptor.vote(old, record);
    a.acceptor.promise(new Ballot(2, new NodeName("b")));
    assertThat(a.acceptor.found(old, record)).isInstanceOf(Open.class);
  }

  @Test
  void aFoundedNodeKeepsItsFoundingAndTellsOfNoOther() {
    var a = start("a");
    var b = start("b");
    var peers = Peer.live(a.link.view());
    a.acceptor.learn(new FoundingRecord("r1", "test", 3, Instant.EPOCH, peers));
    b.acceptor.learn(new FoundingRecord("r2", "test", 3, Instant.EPOCH, peers));
    var c = start("c");
    tickAll();
    assertThat(c.founded()).isEmpty();
    b.acceptor.learn(a.founded().orElseThrow());
    assertThat(b.founded()).map(FoundingRecord::id).contains("r2");
  }

  /** Random crashes, wipes and cuts; two foundings must never both be acted on by a majority. */
  @Test
  void neverTwoFoundings() throws Exception {
    long seed = new Random().nextLong();
    System.err.println("seed of the foundings: " + seed);
    random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      oneRandomFounding(round);
    }
  }

  private void oneRandomFounding(int round) throws Exception {
    nodes.clear();
    var names = List.of("a", "b", "c");
    for (String name : names) {
      Ledger.deleteAll(root.resolve(name));
      start(name);
    }
    var acted = new HashMap<String, List<Peer.Id>>();
    int wipes = 0;
    for (int step = 0; step < 25; step++) {
      var node = nodes.get(names.get(random.nextInt(3)));
      switch (random.nextInt(5)) {
        case 0 -> node.messagesUntilCrash = random.nextInt(6);
        case 1 -> {
          if (node.isUp()) {
            node.crash();
          }
        }
        case 2 -> {
          if (!node.isUp()) {
            if (wipes == 0 && random.nextBoolean()) {
              wipes++;
              node.wipe();
            }
            node.start();
          }
        }
        default -> {
          if (node.isUp()) {
            node.tick();
          }
        }
      }
      note(acted);
    }
    for (var node : nodes.values()) {
      node.messagesUntilCrash = Integer.MAX_VALUE;
      if (!node.isUp()) {
        node.start();
      }
    }
    for (int i = 0; i < 4; i++) {
      tickAll();
    }
    note(acted);
    var records = nodes.values().stream().map(Node::founded).distinct().toList();
    assertThat(records).as("round " + round).hasSize(1);
    String id = records.getFirst().orElseThrow().id();
    // Another one may have been acted on by its proposer, whose disk is gone; never by two.
    acted.forEach(
        (other, actors) -> {
          if (!other.equals(id)) {
            assertThat(actors).as("round " + round).hasSizeLessThan(2);
          }
        });
  }

  private void note(Map<String, List<Peer.Id>> acted) {
    for (var node : nodes.values()) {
      if (node.isUp() && node.founded().isPresent() && node.founded().get().contains(node.id())) {
        var actors = acted.computeIfAbsent(node.founded().get().id(), _ -> new ArrayList<>());
        if (!actors.contains(node.id())) {
          actors.add(node.id());
        }
      }
    }
  }

  @Test
  void aRecordWithoutATimeIsOfAnOlderVersion() {
    var state =
        FoundingText.state(
            "founding\t1.0\nfounded\nrecord\tr1\t3\ta cluster\npeer\tb\tff\tb:1\t1\n");
    assertThat(((Founded) state).record().founded()).isEqualTo(Instant.ofEpochSecond(1));
  }

  @Test
  void textsRoundTrip() {
    var peers =
        List.of(
            new Peer(new NodeName("mx1.example.org"), "00112233445566aa", "[::1]:57", 2),
            new Peer(new NodeName("b"), "ff", "b:1", 1));
    var record =
        new FoundingRecord("r1", "a cluster", 7, Instant.ofEpochSecond(1_750_000_001), peers);
    var ballot = new Ballot(Long.MAX_VALUE, new NodeName("b"));
    for (var message :
        List.of(
            new Message.Ask(),
            new Message.Prepare(ballot),
            new Message.Accept(ballot, record),
            new Message.Tell(record))) {
      assertThat(FoundingText.message(FoundingText.encode(message))).isEqualTo(message);
    }
    for (var state :
        List.of(
            Open.NEW,
            new Open(Optional.of(ballot), Optional.empty()),
            new Open(Optional.of(ballot), Optional.of(new Vote(ballot, record))),
            new Founded(record))) {
      var answer = new Answer(new Peer.Id(new NodeName("b"), "ff"), state);
      assertThat(FoundingText.answer(FoundingText.encode(answer))).isEqualTo(answer);
      assertThat(FoundingText.state(FoundingText.encode(state))).isEqualTo(state);
    }
  }

  @Test
  void aNewerMajorOnDiskIsRefused() throws Exception {
    var a = start("a");
    Files.writeString(a.directory.resolve("founding"), "founding\t2.0\nopen\n");
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new FoundingAcceptor(a.directory, a.id()))
        .isInstanceOf(StoreDamagedException.class);
  }
}
