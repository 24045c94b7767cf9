package org.malleposte.pop3;

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
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.pop3.Pop3Session.Link;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.tls.ServerSockets;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsUpgrade;

/**
 * The POP3 listeners on one event loop. Deploy it once for each loop with the same {@link
 * Pop3Sessions}, on an event loop: TLS upgrades hang on virtual threads.
 */
public final class Pop3Verticle extends VerticleBase {
  private static final long SWEEPS_PER_IDLE_TIME = 20;

  private final Pop3Settings settings;
  private final Pop3Connection.Services services;
  private final Pop3Sessions sessions;
  private final List<NetServer> servers = new ArrayList<>();
  private final Map<Listener, Integer> ports = new ConcurrentHashMap<>();
  private Optional<TlsUpgrade> upgrade = Optional.empty();
  private final Set<Pop3Connection> connections = new HashSet<>(); // of our context

  /**
   * @param lane for reads of the store
   * @param certificate empty: no TLS is offered, and implicit listeners are refused
   * @param sessions shared by all instances
   */
  public Pop3Verticle(
      Pop3Settings settings,
      MailboxStore store,
      Authenticator authenticator,
      MaildropLocks locks,
      BlockingLane lane,
      Optional<ServerTls> certificate,
      Pop3Sessions sessions,
      Pop3Metrics metrics,
      InstantSource clock) {
    this.settings = settings;
    this.sessions = sessions;
    this.services =
        new Pop3Connection.Services(
            authenticator, locks, new MaildropReader(store, lane), metrics, clock, certificate);
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
    List.copyOf(connections).forEach(Pop3Connection::drain);
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
    if (!sessions.begin(address)) {
      services.metrics().turnedAway();
      socket.write(Pop3Replies.TOO_MANY_SESSIONS + "\r\n").onComplete(_ -> socket.close());
      return;
    }
    services.metrics().began();
    boolean canUpgrade = !encrypted && services.tls().isPresent();
    boolean loopback = isLoopback(address);
    var sasl =
        encrypted ? SaslLink.encrypted(loopback, socket.sslSession()) : SaslLink.clear(loopback);
    var session =
        new Pop3Session(
            settings.name(),
            settings.sasl(),
            settings.limits().authFailures(),
            new Link(sasl, canUpgrade));
    var connection =
        new Pop3Connection(
            socket,
            context,
            services,
            upgrade,
            loopback,
            session,
            closed -> {
              sessions.end(address);
              connections.remove(closed);
            });
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
