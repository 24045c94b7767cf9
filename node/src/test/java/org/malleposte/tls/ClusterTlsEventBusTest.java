package org.malleposte.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.cluster.ClusterSettings;
import org.malleposte.cluster.HazelcastCluster;
import org.malleposte.link.NodeName;

/** Mutual TLS on a real clustered event bus: the nodes talk, nobody else gets a word in. */
class ClusterTlsEventBusTest {
  @TempDir Path directory;

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** The first of two neighbours that are free now. */
  private static int freePorts() {
    for (int i = 0; i < 100; i++) {
      try (var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          var second =
              new ServerSocket(first.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
        return second.getLocalPort() - 1;
      } catch (IOException e) {
        continue; // the neighbour was taken
      }
    }
    throw new IllegalStateException("no free ports");
  }

  private static Vertx join(String name, int port, List<String> members, ClusterTls tls) {
    var settings =
        new ClusterSettings(
            new NodeName(name),
            "test-tls",
            "127.0.0.1",
            "127.0.0.1",
            port,
            members,
            Optional.empty());
    var options = new EventBusOptions();
    tls.secure(options);
    return await(
        new HazelcastCluster(settings, tls.fingerprint()).join(new VertxOptions(), options));
  }

  private ClusterTls tls(TestAuthority authority, String name) throws TlsFileException {
    return ClusterTls.of(
        Optional.of(authority.issue(directory, name)),
        true,
        name,
        InstantSource.system(),
        new SecureRandom());
  }

  @Test
  void onlyNodesOfTheAuthorityAreOnTheEventBus() throws Exception {
    var authority = new TestAuthority("cluster");
    var one = tls(authority, "one");
    var two = tls(authority, "two");
    int portOne = freePorts();
    int portTwo = freePorts();
    var members = List.of("127.0.0.1:" + portOne, "127.0.0.1:" + portTwo);
    var first = join("one", portOne, members, one);
    var second = join("two", portTwo, members, two);
    try {
      assertTheyTalk(first, second);

      var eventBus = portOne + 1;
      assertThat(knock(eventBus, two)).isEqualTo("TLSv1.3");
      var stranger = tls(new TestAuthority("cluster"), "stranger");
      assertThatThrownBy(() -> knock(eventBus, stranger)).isInstanceOf(IOException.class);
      var nobody = automatic("nobody");
      assertThatThrownBy(() -> knock(eventBus, nobody)).isInstanceOf(IOException.class);
    } finally {
      await(Future.join(first.close(), second.close()));
    }
  }

  @Test
  void withoutConfigurationItIsEncryptedByItself() throws Exception {
    int portOne = freePorts();
    int portTwo = freePorts();
    var members = List.of("127.0.0.1:" + portOne, "127.0.0.1:" + portTwo);
    var first = join("one", portOne, members, automatic("one"));
    var second = join("two", portTwo, members, automatic("two"));
    try {
      assertTheyTalk(first, second);
      assertThat(knock(portOne + 1, automatic("anybody"))).isEqualTo("TLSv1.3");
    } finally {
      await(Future.join(first.close(), second.close()));
    }
  }

  private static ClusterTls automatic(String name) throws TlsFileException {
    return ClusterTls.of(Optional.empty(), false, name, InstantSource.system(), new SecureRandom());
  }

  private static void assertTheyTalk(Vertx first, Vertx second) {
    await(
        first.eventBus().<String>consumer("echo", m -> m.reply(m.body() + " heard")).completion());
    // The registration takes a moment to reach the other node.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () ->
                await(second.eventBus().<String>request("echo", "hello"))
                    .body()
                    .equals("hello heard"));
  }

  /** The protocol, when the other side has taken the certificate too. */
  private static String knock(int port, ClusterTls as) throws Exception {
    var managers = as.managers().orElseThrow();
    var context = SSLContext.getInstance("TLS");
    // Whoever knocks does not care who opens.
    context.init(new KeyManager[] {managers.key()}, new TrustManager[] {new TrustAnyone()}, null);
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2_000);
      socket.startHandshake();
      // With TLS 1.3 a refusal comes after the client's side of the handshake.
      try {
        if (socket.getInputStream().read() < 0) {
          throw new IOException("closed");
        }
      } catch (java.net.SocketTimeoutException e) {
        return socket.getSession().getProtocol(); // it waits for us to speak
      }
      return socket.getSession().getProtocol();
    }
  }
}
