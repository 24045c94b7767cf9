package org.malleposte.managesieve;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.SaslLink;
import org.malleposte.config.Listener;
import org.malleposte.managesieve.ManageSieveSession.Link;
import org.malleposte.tls.ServerSockets;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsUpgrade;

/**
 * The ManageSieve listeners on one event loop. Deploy it once for each loop with the same {@link
 * ManageSieveMetrics}, on an event loop: TLS upgrades hang on virtual threads.
 */
public final class ManageSieveVerticle extends VerticleBase {
  private static final long SWEEPS_PER_IDLE_TIME = 20;

  private final ManageSieveSettings settings;
  private final ManageSieveConnection.Services services;
  private final List<NetServer> servers = new ArrayList<>();
  private final Map<Listener, Integer> ports = new ConcurrentHashMap<>();
  private Optional<TlsUpgrade> upgrade = Optional.empty();
  private final Set<ManageSieveConnection> connections = new HashSet<>(); // of our context

  /**
   * @param certificate empty: no TLS is offered, and implicit listeners are refused
   * @param metrics shared by all instances
   */
  public ManageSieveVerticle(
      ManageSieveSettings settings,
      Authenticator authenticator,
      ScriptManager scripts,
      Optional<ServerTls> certificate,
      ManageSieveMetrics metrics,
      InstantSource clock) {
    this.settings = settings;
    this.services =
        new ManageSieveConnection.Services(authenticator, scripts, metrics, clock, certificate);
  }

  @Override
  public Future<?> start() {
    upgrade = services.tls().map(t -> t.upgrade(vertx));
    long period = Math.max(10, settings.limits().idle().toMillis() / SWEEPS_PER_IDLE_TIME);
    vertx.setPeriodic(
        period,
        _ -> List.copyOf(connections).forEach(c -> c.closeIfIdle(settings.limits().idle())));
    return Future.all(settings.listeners().stream().map(this::listen).toList());
  }

  /** Takes no new clients, lets running commands end, then closes what is left. */
  @Override
  public Future<?> stop() {
    List.copyOf(connections).forEach(ManageSieveConnection::drain);
    long drain = settings.limits().drain().toMillis();
    return Future.all(servers.stream().map(s -> s.shutdown(drain, TimeUnit.MILLISECONDS)).toList());
  }

  /** The ports in use, once started: those that the system chose for listeners with port 0 too. */
  public Map<Listener, Integer> ports() {
    return Map.copyOf(ports);
  }

  private Future<?> listen(Listener listener) {
    boolean implicit = listener.tls() == Listener.Tls.IMPLICIT;
    if (implicit && services.tls().isEmpty()) {
      return Future.failedFuture(listener + ": TLS needs a certificate");
    }
    // Vert.x closes only when all is written; a client that takes nothing needs a harder end.
    long hardMillis =
        settings.limits().idle().plus(settings.limits().idle().dividedBy(10)).toMillis();
    var options = ServerSockets.options(listener, services.tls());
    options
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setWriteIdleTimeout((int) Math.min(hardMillis, Integer.MAX_VALUE));
    var server = vertx.createNetServer(options).connectHandler(s -> connected(s, listener));
    servers.add(server); // Vert.x closes a server that nobody holds
    return server
        .listen(listener.port(), listener.host())
        .onSuccess(s -> ports.put(listener, s.actualPort()));
  }

  private void connected(NetSocket socket, Listener listener) {
    if (!ServerSockets.isWelcome(socket, listener)) {
      socket.close();
      return;
    }
    boolean encrypted = listener.tls() == Listener.Tls.IMPLICIT;
    String address = socket.remoteAddress().hostAddress();
    if (!services.metrics().begin(settings.limits().sessions())) {
      socket.write(ManageSieveReplies.TOO_MANY_SESSIONS + "\r\n").onComplete(_ -> socket.close());
      return;
    }
    boolean canUpgrade = !encrypted && services.tls().isPresent();
    boolean loopback = isLoopback(address);
    var sasl =
        encrypted ? SaslLink.encrypted(loopback, socket.sslSession()) : SaslLink.clear(loopback);
    var session =
        new ManageSieveSession(
            settings.sasl(), settings.limits().authFailures(), new Link(sasl, canUpgrade));
    var connection =
        new ManageSieveConnection(
            socket, context, services, upgrade, loopback, session, connections::remove);
    connections.add(connection);
    connection.start();
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // whatever it is, no password goes there in clear
    }
  }
}
