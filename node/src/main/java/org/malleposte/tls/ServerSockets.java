package org.malleposte.tls;

import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.malleposte.config.Listener;

/** How a {@link Listener} becomes a server's socket, whatever is spoken on it. */
public final class ServerSockets {
  /** A balancer sends its header at once. */
  private static final long PROXY_HEADER_SECONDS = 10;

  private ServerSockets() {}

  /**
   * Encrypted from the first byte if the listener says so, behind its balancers if it has any.
   *
   * @throws IllegalStateException when it needs a certificate and there is none
   */
  public static NetServerOptions options(Listener listener, Optional<ServerTls> tls) {
    var options = new NetServerOptions().setTcpNoDelay(true).setReuseAddress(true);
    if (listener.tls() == Listener.Tls.IMPLICIT) {
      var certificate =
          tls.map(ServerTls::options)
              .orElseThrow(() -> new IllegalStateException("no certificate for " + listener));
      TlsContexts.encrypt(options, certificate);
      options
          .setSslHandshakeTimeout(certificate.getSslHandshakeTimeout())
          .setSslHandshakeTimeoutUnit(certificate.getSslHandshakeTimeoutUnit());
    }
    if (!listener.proxies().isEmpty()) {
      options
          .setUseProxyProtocol(true)
          .setProxyProtocolTimeout(PROXY_HEADER_SECONDS)
          .setProxyProtocolTimeoutUnit(TimeUnit.SECONDS);
    }
    return options;
  }

  /**
   * Whether the other end may connect here: anyone, or only the balancers, and they only for a
   * client whom they name. Who may not could claim any address.
   */
  public static boolean isWelcome(NetSocket socket, Listener listener) {
    if (listener.proxies().isEmpty()) {
      return true;
    }
    SocketAddress balancer = socket.remoteAddress(true);
    SocketAddress client = socket.remoteAddress();
    // A header that names nobody (UNKNOWN, LOCAL) leaves the balancer's own address, which might be
    // loopback with all its rights.
    if (client.hostAddress() == null || client.equals(balancer)) {
      return false;
    }
    var peer = InetAddress.ofLiteral(balancer.hostAddress());
    return listener.proxies().stream().anyMatch(block -> block.contains(peer));
  }
}
