package org.malleposte.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Timers;

/**
 * Links between processes of a test: a connection a request, on loopback. A member is one that has
 * answered within two seconds.
 */
final class SocketLink implements NodeLink, Cluster {
  private static final String HELLO = "hello";
  private static final Duration ALIVE = Duration.ofSeconds(2);

  private record Heard(Member member, long nanos) {}

  private final Member self;
  private final Map<NodeName, Integer> ports;
  private final Map<NodeName, Heard> heard = new ConcurrentHashMap<>();
  private final Map<String, Service> services = new ConcurrentHashMap<>();

  SocketLink(
      NodeName name,
      Role role,
      String storeId,
      String raft,
      Map<NodeName, Integer> ports,
      Timers timers) {
    this.ports = ports;
    self = member(name, role, storeId, raft);
    serve(
        HELLO,
        (_, _) ->
            CompletableFuture.completedFuture(
                (role + " " + storeId + " " + raft).getBytes(StandardCharsets.UTF_8)));
    try {
      @SuppressWarnings("resource") // Ends with the process.
      var server = new ServerSocket(ports.get(name), 50, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> accept(server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    timers.every(Duration.ofMillis(300), this::greet);
  }

  private static Member member(NodeName name, Role role, String storeId, String raft) {
    return new Member(
        name, role, false, true, "spool", storeId, "test", Map.of("raft", raft), Instant.EPOCH);
  }

  private void greet() {
    for (var name : ports.keySet()) {
      request(name, HELLO, new byte[0], Duration.ofSeconds(1))
          .thenAccept(
              bytes -> {
                String[] words = new String(bytes, StandardCharsets.UTF_8).split(" ");
                var member = member(name, Role.valueOf(words[0]), words[1], words[2]);
                heard.put(name, new Heard(member, System.nanoTime()));
              });
    }
  }

  @Override
  public NodeName self() {
    return self.name();
  }

  @Override
  public ClusterView view() {
    var members = new TreeMap<NodeName, Member>();
    long oldest = System.nanoTime() - ALIVE.toNanos();
    heard.forEach(
        (name, h) -> {
          if (h.nanos > oldest) {
            members.put(name, h.member);
          }
        });
    members.put(self.name(), self);
    return new ClusterView(self.name(), members.values().stream().toList(), 0);
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    // The store looks by itself, too.
  }

  @Override
  public void serve(String service, Service handler) {
    services.put(service, handler);
  }

  @Override
  public CompletableFuture<byte[]> request(
      NodeName to, String service, byte[] payload, Duration timeout) {
    var answer = new CompletableFuture<byte[]>();
    Thread.ofVirtual().start(() -> exchange(to, service, payload, timeout, answer));
    return answer
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            e -> CompletableFuture.failedFuture(new LinkException("no answer of " + to, e)));
  }

  private void exchange(
      NodeName to,
      String service,
      byte[] payload,
      Duration timeout,
      CompletableFuture<byte[]> answer) {
    try (var socket = new Socket()) {
      int millis = (int) timeout.toMillis();
      socket.setSoTimeout(millis);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(to)), millis);
      var out = new DataOutputStream(socket.getOutputStream());
      out.writeUTF(self.name().value());
      out.writeUTF(service);
      out.writeInt(payload.length);
      out.write(payload);
      out.flush();
      var in = new DataInputStream(socket.getInputStream());
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      answer.complete(bytes);
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  private void accept(ServerSocket server) {
    while (true) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      var in = new DataInputStream(socket.getInputStream());
      var from = new NodeName(in.readUTF());
      var service = services.get(in.readUTF());
      byte[] payload = new byte[in.readInt()];
      in.readFully(payload);
      if (service != null) {
        byte[] bytes = service.handle(from, payload).get(60, TimeUnit.SECONDS);
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
      }
    } catch (Exception _) {
      // No answer, as on any wire.
    }
  }
}
