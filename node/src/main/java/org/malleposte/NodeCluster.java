package org.malleposte;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.malleposte.cluster.ClusterSettings;
import org.malleposte.cluster.ClusterTransport;
import org.malleposte.cluster.EventBusLink;
import org.malleposte.cluster.Gate;
import org.malleposte.cluster.HazelcastCluster;
import org.malleposte.cluster.Membership;
import org.malleposte.cluster.StatusExchange;
import org.malleposte.config.NodeConfig;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's place among the others: gate, Hazelcast, event bus, membership. Built on the main
 * thread, which may wait.
 */
final class NodeCluster {
  /** Changes when nodes of two versions can no longer talk to each other. */
  static final int PROTOCOL = 1;

  /** How long a dead process of our name may still be listed by the others. */
  private static final Duration NAME_WAIT = Duration.ofSeconds(20);

  private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(NodeCluster.class);

  private final ClusterSettings settings;
  private final Vertx vertx;
  private final Vertx gateVertx;
  private final EventBusLink link;
  private final Membership membership;
  private final String transportId;

  private NodeCluster(
      ClusterSettings settings,
      Vertx vertx,
      Vertx gateVertx,
      EventBusLink link,
      Membership membership,
      String transportId) {
    this.settings = settings;
    this.vertx = vertx;
    this.gateVertx = gateVertx;
    this.link = link;
    this.membership = membership;
    this.transportId = transportId;
  }

  static ClusterSettings settings(NodeConfig config) {
    var cluster = config.cluster();
    return new ClusterSettings(
        config.node().name(),
        cluster.name(),
        cluster.listen().host(),
        cluster.advertise().host(),
        cluster.listen().port(),
        cluster.members().stream().map(Object::toString).toList(),
        cluster.dns());
  }

  /** Knocks, joins, and can be reached by the others when it returns. */
  static NodeCluster join(
      ClusterSettings settings,
      ClusterTransport transport,
      Gate.Applicant applicant,
      Membership membership)
      throws StartException, InterruptedException {
    var gateVertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2));
    var gate = new Gate(gateVertx, settings, applicant, transport);
    if (!settings.isClustered()) {
      var vertx = Vertx.vertx();
      var link = new EventBusLink(vertx, settings.self());
      await(link.open(), "the event bus did not open");
      return new NodeCluster(settings, vertx, gateVertx, link, membership, "alone");
    }
    knock(gate, settings);
    await(
        gate.open(
            who ->
                membership.view().others().stream()
                    .anyMatch(m -> m.name().value().equals(who.name()))),
        "cannot listen on " + settings.bindHost() + ":" + settings.gatePort());
    var hazelcast = new HazelcastCluster(settings, PROTOCOL + "/" + transport.fingerprint());
    var eventBus = new EventBusOptions();
    transport.secure(eventBus);
    var vertx = await(hazelcast.join(new VertxOptions(), eventBus), "cannot join the cluster");
    hazelcast.onLeave(vertx, membership::leave);
    var link = new EventBusLink(vertx, settings.self());
    await(link.open(), "the event bus did not open");
    return new NodeCluster(settings, vertx, gateVertx, link, membership, hazelcast.transportId());
  }

  private static void knock(Gate gate, ClusterSettings settings)
      throws StartException, InterruptedException {
    var others =
        settings.members().stream()
            .filter(m -> !m.equals(settings.publicHost() + ":" + settings.port()))
            .toList();
    long attempts = NAME_WAIT.toSeconds();
    for (long attempt = 1; ; attempt++) {
      var refusals = refusals(await(gate.knock(others), "nobody could be asked"));
      if (refusals.isEmpty()) {
        return;
      }
      var worst =
          refusals.stream()
              .filter(Gate.Answer.Refused::lasting)
              .findFirst()
              .orElse(refusals.getFirst());
      if (worst.lasting() || attempt == attempts) {
        throw new StartException(
            "the cluster does not take this node: " + worst.member() + " says: " + worst.why());
      }
      LOG.info("{} does not take this node yet: {}", worst.member(), worst.why());
      pause(Duration.ofSeconds(1));
    }
  }

  private static List<Gate.Answer.Refused> refusals(List<Gate.Answer> answers) {
    return answers.stream()
        .filter(Gate.Answer.Refused.class::isInstance)
        .map(Gate.Answer.Refused.class::cast)
        .toList();
  }

  static void pause(Duration duration) throws InterruptedException {
    if (new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("nobody counts down");
    }
  }

  /** Waits on the main thread. */
  static <T> T await(Future<T> future, String otherwise)
      throws StartException, InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(JOIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StartException(otherwise + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new StartException(otherwise + " within " + JOIN_LIMIT.toSeconds() + " s", e);
    }
  }

  /** Begins to tell the others how this node is. */
  StatusExchange announce(Supplier<Member> self, Supplier<Map<String, String>> facts)
      throws StartException, InterruptedException {
    var exchange = new StatusExchange(vertx, membership, transportId, self, facts);
    await(exchange.open(), "the status could not be announced");
    return exchange;
  }

  Vertx vertx() {
    return vertx;
  }

  EventBusLink link() {
    return link;
  }

  Membership membership() {
    return membership;
  }

  NodeName self() {
    return settings.self();
  }

  /** Leaves; the others see it at once. */
  Future<Void> leave() {
    return vertx.close().eventually(gateVertx::close);
  }
}
