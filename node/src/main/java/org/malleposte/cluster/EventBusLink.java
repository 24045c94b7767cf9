package org.malleposte.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;

/**
 * {@link NodeLink} on the event bus. A node has one address, {@code malleposte.node.NAME}, whatever
 * the number of its services: a registration goes through Hazelcast, and Hazelcast may block for
 * seconds while a member hangs, so there is one and it is made at the start.
 */
public final class EventBusLink implements NodeLink {
  private static final String SERVICE = "service";
  private static final String FROM = "from";
  private static final int FAILED = 1;
  private static final int NO_SUCH_SERVICE = 2;

  private final Vertx vertx;
  private final NodeName self;
  private final Map<String, Service> services = new ConcurrentHashMap<>();

  public EventBusLink(Vertx vertx, NodeName self) {
    this.vertx = vertx;
    this.self = self;
  }

  /** Begins to answer; ends once other nodes can find us. */
  public Future<Void> open() {
    var consumer = vertx.eventBus().<Buffer>consumer(address(self));
    consumer.handler(this::onMessage);
    return consumer.completion();
  }

  @Override
  public NodeName self() {
    return self;
  }

  @Override
  public void serve(String service, Service handler) {
    if (services.putIfAbsent(service, handler) != null) {
      throw new IllegalStateException("service offered twice: " + service);
    }
  }

  @Override
  public CompletableFuture<byte[]> request(
      NodeName to, String service, byte[] payload, Duration timeout) {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("payload of " + payload.length + " bytes for " + service);
    }
    return to.equals(self)
        ? local(service, payload, timeout)
        : remote(to, service, payload, timeout);
  }

  private CompletableFuture<byte[]> local(String service, byte[] payload, Duration timeout) {
    var handler = services.get(service);
    if (handler == null) {
      return CompletableFuture.failedFuture(new LinkException("no service " + service + " here"));
    }
    return handler
        .handle(self, payload)
        .orTimeout(timeout.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .exceptionally(
            e -> {
              throw new CompletionException(
                  new LinkException(service + " failed here: " + reason(e), e));
            });
  }

  private CompletableFuture<byte[]> remote(
      NodeName to, String service, byte[] payload, Duration timeout) {
    var options =
        new DeliveryOptions()
            .setSendTimeout(timeout.toMillis())
            .addHeader(SERVICE, service)
            .addHeader(FROM, self.value());
    var answer = new CompletableFuture<byte[]>();
    vertx
        .eventBus()
        .<Buffer>request(address(to), Buffer.buffer(payload), options)
        .onComplete(
            result -> {
              if (result.succeeded()) {
                answer.complete(result.result().body().getBytes());
              } else {
                answer.completeExceptionally(
                    new LinkException(service + " at " + to + ": " + result.cause().getMessage()));
              }
            });
    return answer;
  }

  private void onMessage(Message<Buffer> message) {
    var handler = services.get(message.headers().get(SERVICE));
    if (handler == null) {
      message.fail(NO_SUCH_SERVICE, "no service " + message.headers().get(SERVICE));
      return;
    }
    handler
        .handle(new NodeName(message.headers().get(FROM)), message.body().getBytes())
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                message.reply(Buffer.buffer(answer));
              } else {
                message.fail(FAILED, reason(failure));
              }
            });
  }

  private static String reason(Throwable failure) {
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }

  private static String address(NodeName node) {
    return "malleposte.node." + node.value();
  }
}
