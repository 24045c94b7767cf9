package org.malleposte.link;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Links between the nodes of one test: a request is handled on its caller's thread. */
public final class TestLinks {
  private final Map<NodeName, Map<String, NodeLink.Service>> services = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> isLost = request -> request.isEmpty();

  /** A node's end of the links. */
  public NodeLink of(NodeName self) {
    services.putIfAbsent(self, new ConcurrentHashMap<>());
    return new End(self);
  }

  /** What was asked: {@code service node}. */
  public List<String> requests() {
    return requests;
  }

  /** Requests that get lost, by what {@link #requests} calls them. */
  public void lose(Predicate<String> lost) {
    isLost = lost;
  }

  /** The node offers nothing any more. */
  public void forget(NodeName node) {
    services.get(node).clear();
  }

  private final class End implements NodeLink {
    private final NodeName self;

    End(NodeName self) {
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
}
