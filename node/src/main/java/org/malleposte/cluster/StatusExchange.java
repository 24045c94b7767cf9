package org.malleposte.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.malleposte.link.ClusterView.Member;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says twice a second, and at once after a change, how this node is, and hears it of the others.
 * Only who can reach our event bus is heard, and with cluster TLS that takes a certificate.
 */
public final class StatusExchange {
  static final Duration PERIOD = Duration.ofMillis(500);
  private static final String ADDRESS = "malleposte.status";
  private static final Logger LOG = LoggerFactory.getLogger(StatusExchange.class);

  private final Vertx vertx;
  private final Membership membership;
  private final String transportId;
  private final Supplier<Member> self;
  private final Supplier<Map<String, String>> facts;
  private final AtomicLong sequence = new AtomicLong();

  /**
   * @param self how this node is now; asked on the event loop, must not block
   * @param facts for the postmaster
   */
  public StatusExchange(
      Vertx vertx,
      Membership membership,
      String transportId,
      Supplier<Member> self,
      Supplier<Map<String, String>> facts) {
    this.vertx = vertx;
    this.membership = membership;
    this.transportId = transportId;
    this.self = self;
    this.facts = facts;
  }

  /** Begins; ends once others can reach us. */
  public Future<Void> open() {
    var consumer = vertx.eventBus().<JsonObject>consumer(ADDRESS, message -> hear(message.body()));
    vertx.setPeriodic(PERIOD.toMillis(), _ -> sayNow());
    return consumer.completion().onSuccess(_ -> sayNow());
  }

  /** Tells all at once, as when the role has changed. Thread-safe. */
  public void sayNow() {
    var status = new NodeStatus(self.get(), transportId, sequence.incrementAndGet(), facts.get());
    membership.say(status);
    membership.tick();
    vertx.eventBus().publish(ADDRESS, status.toJson());
  }

  private void hear(JsonObject json) {
    NodeStatus status;
    try {
      status = NodeStatus.fromJson(json);
    } catch (RuntimeException e) {
      LOG.warn("a status that cannot be read: {}", e.getMessage());
      return;
    }
    membership.hear(status);
  }
}
