package org.malleposte.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.NodeConfig;

class ClusterTlsTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Object> held = new ArrayList<>();
  private final TestAuthority authority = new TestAuthority("cluster");

  @TempDir Path directory;

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static ClusterTls of(Optional<NodeConfig.LinkTls> files, boolean loopback)
      throws TlsFileException {
    return ClusterTls.of(
        files, loopback, "mx1.example.org", InstantSource.system(), new SecureRandom());
  }

  /** What the server hears of the client, or how the link fails. */
  private String talk(ClusterTls server, ClusterTls client) {
    var heard = new CompletableFuture<String>();
    var serverOptions = new NetServerOptions();
    server.secure(serverOptions);
    var netServer =
        await(
            vertx
                .createNetServer(serverOptions)
                .exceptionHandler(_ -> {}) // refused handshakes are what is tested
                .connectHandler(
                    socket -> {
                      socket.handler(b -> socket.write(b));
                      socket.exceptionHandler(_ -> {});
                    })
                .listen(0, "127.0.0.1"));
    var clientOptions = new NetClientOptions();
    client.secure(clientOptions);
    var netClient = vertx.createNetClient(clientOptions);
    // Vert.x closes servers and clients that nobody holds any more.
    held.add(netServer);
    held.add(netClient);
    netClient
        .connect(netServer.actualPort(), "127.0.0.1")
        .onFailure(heard::completeExceptionally)
        .onSuccess(
            socket -> {
              socket.handler(b -> heard.complete((socket.isSsl() ? "tls " : "clear ") + b));
              socket.exceptionHandler(heard::completeExceptionally);
              socket.closeHandler(
                  _ -> heard.completeExceptionally(new IllegalStateException("closed")));
              socket.write(Buffer.buffer("hello"));
            });
    return heard.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void onLoopbackNothingIsEncrypted() throws TlsFileException {
    var plain = of(Optional.empty(), true);
    assertThat(plain.managers()).isEmpty();
    assertThat(plain.fingerprint()).isEqualTo("plain");
    assertThat(talk(plain, plain)).isEqualTo("clear hello");
  }

  @Test
  void betweenHostsItIsEncryptedByItself() throws TlsFileException {
    var one = of(Optional.empty(), false);
    var two = of(Optional.empty(), false);
    assertThat(one.fingerprint()).isEqualTo("auto").isEqualTo(two.fingerprint());
    assertThat(talk(one, two)).isEqualTo("tls hello");
    assertThatThrownBy(() -> talk(one, of(Optional.empty(), true)));
  }

  @Test
  void onlyTheAuthoritysNodesGetIn() throws TlsFileException {
    var one = of(Optional.of(authority.issue(directory, "one")), true);
    var two = of(Optional.of(authority.issue(directory, "two")), true);
    assertThat(talk(one, two)).isEqualTo("tls hello");
    assertThat(one.fingerprint()).hasSize(16).isEqualTo(two.fingerprint());

    var stranger = of(Optional.of(new TestAuthority("cluster").issue(directory, "stranger")), true);
    assertThat(stranger.fingerprint()).isNotEqualTo(one.fingerprint());
    assertThatThrownBy(() -> talk(one, stranger));
    assertThatThrownBy(() -> talk(stranger, one));
    assertThatThrownBy(() -> talk(one, of(Optional.empty(), false)));
    assertThatThrownBy(() -> talk(one, of(Optional.empty(), true)));
  }

  @Test
  void theEventBusAsksForACertificate() throws TlsFileException {
    var options = new EventBusOptions();
    of(Optional.of(authority.issue(directory, "one")), true).secure(options);
    assertThat(options.isSsl()).isTrue();
    assertThat(options.isTrustAll()).isFalse();
    assertThat(options.getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
    assertThat(options.getEnabledSecureTransportProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
  }

  @Test
  void aRenewedCertificateNeedsNoRestart() throws Exception {
    var files = authority.issue(directory, "one");
    var one = of(Optional.of(files), true);
    var two = of(Optional.of(authority.issue(directory, "two")), true);
    var other = new TestAuthority("next");
    other.issue(directory, "one");
    one.reload();
    assertThatThrownBy(() -> talk(one, two));
    other.issue(directory, "two");
    two.reload();
    assertThat(talk(one, two)).isEqualTo("tls hello");
  }
}
