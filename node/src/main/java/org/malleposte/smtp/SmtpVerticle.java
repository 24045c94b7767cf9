package org.malleposte.smtp;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.malleposte.config.Listener;
import org.malleposte.smtp.SmtpMetrics.Arrival;
import org.malleposte.tls.ServerSockets;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsUpgrade;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for SMTP and submission. Deploy as many instances as there are event loops to use, all
 * made from one {@link SmtpServer}: they share the ports.
 *
 * <p>{@code stop} takes no new connection, lets messages in reception end within {@link
 * SmtpLimits.Times#drain}, and tells all others 421.
 */
public final class SmtpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpVerticle.class);
  private static final int BACKLOG = 1024;
  private static final Duration SWEEP_MIN = Duration.ofMillis(20);
  private static final Duration SWEEP_MAX = Duration.ofSeconds(2);

  private final SmtpServer server;
  private final Optional<ServerTls> tls;
  private Optional<TlsUpgrade> upgrade = Optional.empty();
  private final List<NetServer> sockets = new ArrayList<>();
  private final Set<SmtpConnection> connections = new HashSet<>();

  /**
   * @param tls its key manager may follow reloads; empty: no STARTTLS, and no listener with
   *     implicit TLS can start
   */
  public SmtpVerticle(SmtpServer server, Optional<ServerTls> tls) {
    this.server = server;
    Duration handshake = server.settings().limits().times().tlsHandshake();
    this.tls = tls.map(t -> t.within(handshake));
  }

  @Override
  public Future<?> start() {
    upgrade = tls.map(t -> t.upgrade(vertx));
    long period = sweepPeriod(server.settings().limits().times()).toMillis();
    vertx.setPeriodic(period, _ -> sweep());
    var binding = new ArrayList<Future<NetServer>>();
    List<Listener> listeners = server.settings().all();
    for (int i = 0; i < listeners.size(); i++) {
      binding.add(listen(i, listeners.get(i)));
    }
    return Future.all(binding);
  }

  @Override
  public Future<?> stop() {
    long drainMillis = Math.max(1, server.settings().limits().times().drain().toMillis());
    return Future.join(
        sockets.stream().map(s -> s.shutdown(drainMillis, TimeUnit.MILLISECONDS)).toList());
  }

  private Future<NetServer> listen(int index, Listener listener) {
    NetServer socket =
        vertx.createNetServer(ServerSockets.options(listener, tls).setAcceptBacklog(BACKLOG));
    sockets.add(socket);
    return socket
        .connectHandler(peer -> accept(peer, listener, server.settings().dialect(index)))
        .exceptionHandler(
            error -> {
              LOG.debug("TLS handshake on {} failed: {}", listener, error.toString());
              server.metrics().count(SmtpMetrics.Tls.FAILED);
            })
        .listen(server.bindPort(index), listener.host())
        .onSuccess(bound -> server.bound(index, bound.actualPort()));
  }

  private void accept(NetSocket socket, Listener listener, SmtpSettings.Dialect dialect) {
    if (!ServerSockets.isWelcome(socket, listener)) {
      LOG.warn("{} is none of the proxies of {}", socket.remoteAddress(true), listener);
      server.metrics().count(Arrival.NO_PROXY);
      socket.close();
      return;
    }
    InetAddress peer = InetAddress.ofLiteral(socket.remoteAddress().hostAddress());
    switch (server.connections().enter(peer)) {
      case ADMITTED -> {
        server.metrics().count(Arrival.ADMITTED);
        var connection =
            new SmtpConnection(socket, peer, listener, dialect, server, upgrade, context);
        connections.add(connection);
        connection.start(
            () -> {
              connections.remove(connection);
              server.connections().leave(peer);
            });
      }
      case TOO_MANY -> turnAway(socket, SmtpReplies.TOO_MANY_CONNECTIONS, Arrival.TOO_MANY);
      case TOO_MANY_OF_CLIENT ->
          turnAway(socket, SmtpReplies.TOO_MANY_OF_CLIENT, Arrival.TOO_MANY_OF_CLIENT);
      case TOO_FAST -> turnAway(socket, SmtpReplies.TOO_FAST, Arrival.TOO_FAST);
    }
  }

  private void turnAway(NetSocket socket, SmtpReply reply, Arrival why) {
    server.metrics().count(why);
    server.metrics().count(reply);
    socket.exceptionHandler(error -> LOG.debug("turned away: {}", error.toString()));
    socket.write(io.vertx.core.buffer.Buffer.buffer(reply.encode()));
    socket.close();
  }

  private void sweep() {
    long now = server.monotonicMillis();
    // A copy: what is cut leaves the set.
    for (SmtpConnection connection : List.copyOf(connections)) {
      connection.sweep(now);
    }
  }

  /** Often enough that a limit is kept within a quarter of itself. */
  private static Duration sweepPeriod(SmtpLimits.Times times) {
    Duration shortest = times.command();
    for (Duration limit : List.of(times.commandLine(), times.bodyWindow(), times.replyWindow())) {
      shortest = limit.compareTo(shortest) < 0 ? limit : shortest;
    }
    Duration period = shortest.dividedBy(4);
    if (period.compareTo(SWEEP_MIN) < 0) {
      return SWEEP_MIN;
    }
    return period.compareTo(SWEEP_MAX) > 0 ? SWEEP_MAX : period;
  }
}
