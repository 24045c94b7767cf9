package org.malleposte.raft;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;

/** Membership and links of several nodes in one process; nodes can be cut off. */
final class FakeNetwork {
  private final Map<NodeName, Node> nodes = new ConcurrentHashMap<>();
  private final Set<NodeName> cutOff = ConcurrentHashMap.newKeySet();
  private final Executor executor;
  private long version;

  /**
   * @param executor delivers the requests
   */
  FakeNetwork(Executor executor) {
    this.executor = executor;
  }

  /** One node's end. Gone when it leaves. */
  final class Node implements NodeLink, Cluster {
    private volatile ClusterView.Member member;
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();

    Node(ClusterView.Member member) {
      this.member = member;
    }

    /** The others see it as not ready. */
    void notReady() {
      member =
          new ClusterView.Member(
              member.name(),
              member.role(),
              false,
              false,
              member.spoolId(),
              member.storeId(),
              member.version(),
              member.addresses(),
              member.since());
      changed();
    }

    @Override
    public NodeName self() {
      return member.name();
    }

    @Override
    public void serve(String service, Service handler) {
      services.put(service, handler);
    }

    @Override
    public CompletableFuture<byte[]> request(
        NodeName to, String service, byte[] payload, Duration timeout) {
      var answer = new CompletableFuture<byte[]>();
      var node = nodes.get(to);
      if (node == null || (!to.equals(self()) && (isCutOff(to) || isCutOff(self())))) {
        answer.completeExceptionally(new LinkException("no such node: " + to));
        return answer;
      }
      executor.execute(() -> node.deliver(self(), service, payload, answer));
      return answer
          .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(
              e -> CompletableFuture.failedFuture(new LinkException("no answer of " + to, e)));
    }

    private void deliver(
        NodeName from, String service, byte[] payload, CompletableFuture<byte[]> answer) {
      var handler = services.get(service);
      if (handler == null) {
        answer.completeExceptionally(new LinkException("no service " + service));
        return;
      }
      handler
          .handle(from, payload)
          .whenComplete(
              (bytes, e) -> {
                if (e != null) {
                  answer.completeExceptionally(e);
                } else if (!isCutOff(from) && !isCutOff(self())) {
                  answer.complete(bytes);
                }
              });
    }

    @Override
    public ClusterView view() {
      synchronized (FakeNetwork.this) {
        var members = new ArrayList<ClusterView.Member>();
        for (var node : new TreeMap<>(nodes).values()) {
          boolean seen = !isCutOff(node.self()) && !isCutOff(self());
          if (node == this || seen) {
            members.add(node.member);
          }
        }
        members.sort(Comparator.comparing(ClusterView.Member::name));
        return new ClusterView(self(), members, version);
      }
    }

    @Override
    public void onChange(Consumer<ClusterView> listener) {
      listeners.add(listener);
    }
  }

  Node join(NodeName name, ClusterView.Role role, String storeId, String raft) {
    var member =
        new ClusterView.Member(
            name,
            role,
            false,
            true,
            "spool",
            storeId,
            "test",
            raft.isEmpty() ? Map.of() : Map.of("raft", raft),
            Instant.EPOCH);
    var node = new Node(member);
    nodes.put(name, node);
    changed();
    return node;
  }

  void leave(NodeName name) {
    nodes.remove(name);
    changed();
  }

  void cutOff(NodeName name) {
    cutOff.add(name);
    changed();
  }

  void reconnect(NodeName name) {
    cutOff.remove(name);
    changed();
  }

  private boolean isCutOff(NodeName name) {
    return cutOff.contains(name);
  }

  private synchronized void changed() {
    version++;
    for (var node : nodes.values()) {
      node.listeners.forEach(l -> l.accept(node.view()));
    }
  }
}
