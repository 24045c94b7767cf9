package org.malleposte.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.ClusterOperations.Reloaded;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.link.TestLinks;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.reload.LocalReload.Prepared;
import org.malleposte.reload.LocalReload.Switched;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;

class ClusterReloadTest {
  private final List<Node> nodes = new ArrayList<>();
  private final BlockingLane lane = new BlockingLane("reload", 2, 100);
  private final HeldTimers timers = new HeldTimers();
  private final OneDirectory directory = new OneDirectory();
  private final List<String> prepared = new CopyOnWriteArrayList<>();
  private final TestLinks links = new TestLinks();
  private String away = "";

  /** A node whose files are a text; it is in force after a reload. */
  private final class Node implements LocalReload {
    final NodeName name;
    final ClusterReload reload;
    volatile String file = "v1";
    volatile String inForce = "v1";

    Node(String name) {
      this.name = new NodeName(name);
      nodes.add(this);
      reload =
          new ClusterReload(
              links.of(this.name),
              directory,
              ClusterReloadTest.this::view,
              this,
              lane,
              timers,
              new Random(name.hashCode()));
    }

    @Override
    public Prepared prepare() {
      prepared.add(name.value());
      String read = file;
      return read.startsWith("bad")
          ? new Prepared.Mistaken(List.of("access:3: " + read))
          : new Prepared.Ready(
              List.of("access:1: warning: odd " + read),
              () -> {
                inForce = read;
                return new Switched(List.of("tables"), List.of());
              });
    }
  }

  private ClusterView view() {
    return new ClusterView(
        nodes.getFirst().name,
        nodes.stream()
            .filter(n -> !n.name.value().equals(away))
            .map(
                n ->
                    new Member(
                        n.name, Role.PRIMARY, true, true, "s", "s", "1", Map.of(), Instant.EPOCH))
            .toList(),
        1);
  }

  /** One for all nodes; tells of changes at once, or not at all to who is away. */
  private static final class OneDirectory implements Directory {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final List<Consumer<String>> watches = new CopyOnWriteArrayList<>();
    volatile boolean majority = true;

    @Override
    public CompletableFuture<StoreAnswer<Long>> put(
        String key, byte[] value, OptionalLong expectedVersion) {
      if (!majority) {
        return CompletableFuture.completedFuture(new StoreAnswer.Unavailable<>("no majority"));
      }
      entries.put(key, new Entry(value, 1));
      watches.forEach(watch -> watch.accept(key));
      return CompletableFuture.completedFuture(new StoreAnswer.Done<>(1L));
    }

    @Override
    public CompletableFuture<StoreAnswer<Void>> delete(String key) {
      throw new AssertionError("nothing is deleted here");
    }

    @Override
    public Optional<Entry> get(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    @Override
    public Map<String, Entry> list(String prefix) {
      return Map.copyOf(entries);
    }

    @Override
    public CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key) {
      throw new AssertionError("nobody asks the leader here");
    }

    @Override
    public AutoCloseable watch(String prefix, Consumer<String> listener) {
      watches.add(listener);
      return () -> watches.remove(listener);
    }
  }

  /** Timers that run what is due when they are told to, and short pauses at once. */
  private static final class HeldTimers implements Timers {
    private final List<Runnable> held = new CopyOnWriteArrayList<>();

    @Override
    public Timer after(Duration delay, Runnable task) {
      if (delay.equals(ClusterReload.SWITCH_PAUSE)) {
        task.run();
        return () -> {};
      }
      held.add(task);
      return () -> held.remove(task);
    }

    @Override
    public Timer every(Duration period, Runnable task) {
      throw new AssertionError("nothing here is done again and again");
    }

    void expire() {
      held.forEach(Runnable::run);
    }
  }

  @BeforeEach
  void threeNodes() {
    List.of("mx1", "mx2", "mx3").forEach(Node::new);
    nodes.forEach(n -> n.file = "v2");
  }

  @AfterEach
  void close() {
    nodes.forEach(n -> n.reload.close());
    lane.close();
  }

  @Test
  void allNodesSwitch() throws Exception {
    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Done<>(
                new Reloaded(
                    List.of("mx1: tables", "mx2: tables", "mx3: tables"),
                    List.of(
                        "mx1: access:1: warning: odd v2",
                        "mx2: access:1: warning: odd v2",
                        "mx3: access:1: warning: odd v2"))));
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2");
  }

  @Test
  void aMistakeOnOneNodeChangesNone() throws Exception {
    nodes.getLast().file = "bad value";

    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Refused<>(
                "the new files have mistakes, the old ones stay in force on all nodes:\n"
                    + "mx3: access:3: bad value"));
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
    assertThat(links.requests()).contains("reload.drop mx1", "reload.drop mx2");
  }

  @Test
  void aNodeThatDoesNotAnswerChangesNone() throws Exception {
    links.lose("reload.prepare mx2"::equals);

    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Unavailable<>(
                "nothing is changed on any node, since not all have answered:\n"
                    + "mx2: mx2 does not answer"));
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
  }

  @Test
  void aNodeOfAnOlderVersionChangesNone() throws Exception {
    links.forget(nodes.get(1).name);

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Unavailable.class);
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
  }

  /** The request came through, its answer did not: asking again is no second switch. */
  @Test
  void aLostAnswerIsAskedForAgain() throws Exception {
    var lost = new ArrayList<String>();
    links.lose(
        request -> {
          boolean first = request.equals("reload.switch mx3") && lost.isEmpty();
          if (first) {
            lost.add(request);
          }
          return first;
        });

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Done.class);
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2");
  }

  /** It hears of the reload by the directory, and makes up for it. */
  @Test
  void whoIsLostBetweenTheTwoPhasesIsNamedAndComesAfter() throws Exception {
    links.lose("reload.switch mx3"::equals);

    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Unavailable<>(
                "in force, but for nodes that were lost before they could do it:"
                    + " mx3: mx3 does not answer"));
    await().untilAsserted(() -> assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2"));
  }

  /** Hung or cut off, it is not among the members. */
  @Test
  void whoWasAwayComesAfter() throws Exception {
    away = "mx3";

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Done.class);
    assertThat(links.requests()).noneMatch(r -> r.endsWith("mx3"));
    await().untilAsserted(() -> assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2"));
  }

  /** The node that was away is told later; its own files may be wrong by then. */
  @Test
  void mistakesOfWhoWasAwayChangeNothingThere() throws Exception {
    away = "mx3";
    nodes.getLast().file = "bad value";

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Done.class);
    await().untilAsserted(() -> assertThat(prepared).contains("mx3"));
    assertThat(nodes).extracting(n -> n.inForce).containsExactly("v2", "v2", "v1");
  }

  @Test
  void withoutAMajorityTheReloadIsSaidNotToReachWhoIsAway() throws Exception {
    directory.majority = false;

    assertThat(everywhere())
        .isInstanceOfSatisfying(
            AdminAnswer.Done.class,
            done ->
                assertThat(done.toString())
                    .contains("a node that is away reads its files only when it starts"));
  }

  /** Whoever asked for it may have died. */
  @Test
  void whatIsPreparedIsNotHeldForEver() throws Exception {
    byte[] id = "1".getBytes(StandardCharsets.US_ASCII);
    var link = links.of(nodes.getFirst().name);
    NodeName mx2 = nodes.get(1).name;
    assertThat(answer(link.request(mx2, ReloadService.PREPARE, id, Duration.ZERO)))
        .isInstanceOf(ReloadAnswer.Ready.class);
    timers.expire();

    assertThat(answer(link.request(mx2, ReloadService.SWITCH, id, Duration.ZERO)))
        .isEqualTo(new ReloadAnswer.NotHeld());
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
  }

  @Test
  void oneNodeAloneCanReload() throws Exception {
    assertThat(nodes.getFirst().reload.here().get(10, TimeUnit.SECONDS))
        .isInstanceOf(AdminAnswer.Done.class);
    assertThat(nodes).extracting(n -> n.inForce).containsExactly("v2", "v1", "v1");
  }

  private static ReloadAnswer answer(CompletableFuture<byte[]> bytes) throws Exception {
    return ReloadAnswer.decode(bytes.get(10, TimeUnit.SECONDS));
  }

  private AdminAnswer<Reloaded> everywhere() throws Exception {
    return nodes.getFirst().reload.everywhere().get(10, TimeUnit.SECONDS);
  }
}
