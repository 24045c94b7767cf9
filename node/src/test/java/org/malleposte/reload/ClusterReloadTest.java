package org.malleposte.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.ClusterOperations.Reloaded;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.reload.LocalReload.Prepared;
import org.malleposte.reload.LocalReload.Switched;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;

class ClusterReloadTest {
  private final Map<NodeName, Map<String, NodeLink.Service>> services = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final BlockingLane lane = new BlockingLane("reload", 2, 100);
  private final HeldTimers timers = new HeldTimers();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private Predicate<String> isLost = _ -> false;

  /** A node whose files are a text; it is in force after a reload. */
  private final class Node implements LocalReload {
    final NodeName name;
    final ClusterReload reload;
    volatile String file = "v1";
    volatile String inForce = "v1";

    Node(String name) {
      this.name = new NodeName(name);
      services.put(this.name, new HashMap<>());
      nodes.add(this);
      reload =
          new ClusterReload(
              new TestLink(this.name),
              ClusterReloadTest.this::view,
              this,
              lane,
              timers,
              new Random(name.hashCode()));
    }

    @Override
    public Prepared prepare() {
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
            .map(
                n ->
                    new Member(
                        n.name, Role.PRIMARY, true, true, "s", "s", "1", Map.of(), Instant.EPOCH))
            .toList(),
        1);
  }

  private final class TestLink implements NodeLink {
    private final NodeName self;

    TestLink(NodeName self) {
      this.self = self;
    }

    @Override
    public NodeName self() {
      return self;
    }

    @Override
    public CompletableFuture<byte[]> request(
        NodeName to, String service, byte[] payload, Duration timeout) {
      requests.add(service + " " + to);
      var handler = services.get(to).get(service);
      if (handler == null) {
        return CompletableFuture.failedFuture(new LinkException("no service " + service));
      }
      return isLost.test(service + " " + to)
          ? CompletableFuture.failedFuture(new LinkException(to + " does not answer"))
          : handler.handle(self, payload);
    }

    @Override
    public void serve(String service, Service handler) {
      services.get(self).put(service, handler);
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
    assertThat(requests).contains("reload.drop mx1", "reload.drop mx2");
  }

  @Test
  void aNodeThatDoesNotAnswerChangesNone() throws Exception {
    isLost = "reload.prepare mx2"::equals;

    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Unavailable<>(
                "nothing is changed on any node, since not all have answered:\n"
                    + "mx2: mx2 does not answer"));
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
  }

  @Test
  void aNodeOfAnOlderVersionChangesNone() throws Exception {
    services.get(nodes.get(1).name).clear();

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Unavailable.class);
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v1");
  }

  /** The request came through, its answer did not: asking again is no second switch. */
  @Test
  void aLostAnswerIsAskedForAgain() throws Exception {
    var lost = new ArrayList<String>();
    isLost =
        request -> {
          boolean first = request.equals("reload.switch mx3") && lost.isEmpty();
          if (first) {
            lost.add(request);
          }
          return first;
        };

    assertThat(everywhere()).isInstanceOf(AdminAnswer.Done.class);
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2");
  }

  @Test
  void whoIsLostBetweenTheTwoPhasesIsNamed() throws Exception {
    isLost = "reload.switch mx3"::equals;

    assertThat(everywhere())
        .isEqualTo(
            new AdminAnswer.Unavailable<>(
                "lost between reading and putting in force, reload again:"
                    + " mx3: mx3 does not answer"));
    assertThat(nodes).extracting(n -> n.inForce).containsExactly("v2", "v2", "v1");
    isLost = _ -> false;
    assertThat(everywhere()).isInstanceOf(AdminAnswer.Done.class);
    assertThat(nodes).extracting(n -> n.inForce).containsOnly("v2");
  }

  /** Whoever asked for it may have died. */
  @Test
  void whatIsPreparedIsNotHeldForEver() throws Exception {
    byte[] id = "1".getBytes(StandardCharsets.US_ASCII);
    var link = new TestLink(nodes.getFirst().name);
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
