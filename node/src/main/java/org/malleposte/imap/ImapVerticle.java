package org.malleposte.imap;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.malleposte.config.Listener;
import org.malleposte.tls.ServerSockets;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsUpgrade;

/**
 * One event loop of the IMAP server. Several instances of it share the ports. Stopping it ends
 * every session with BYE, after its command.
 */
public final class ImapVerticle extends VerticleBase {
  private final ImapServer server;
  private final Optional<ServerTls> certificate;
  private final Set<ImapConnection> connections = new HashSet<>();
  private final List<NetServer> listening = new ArrayList<>();
  private Promise<Void> drained;
  private Optional<TlsUpgrade> upgrade = Optional.empty();

  /**
   * @param certificate empty: no STARTTLS, and a listener with implicit TLS fails to open
   */
  public ImapVerticle(ImapServer server, Optional<ServerTls> certificate) {
    this.server = server;
    this.certificate = certificate;
  }

  @Override
  public Future<?> start() {
    upgrade = certificate.map(t -> t.upgrade(vertx));
    return vertx
        .executeBlocking(
            () -> {
              server.uploads().open();
              return true;
            })
        .compose(opened -> listen());
  }

  private Future<?> listen() {
    var opening = new ArrayList<Future<?>>();
    List<Listener> listeners = server.settings().listeners();
    for (int i = 0; i < listeners.size(); i++) {
      opening.add(listen(i, listeners.get(i)));
    }
    return Future.all(opening);
  }

  private Future<?> listen(int index, Listener listener) {
    boolean implicit = listener.tls() == Listener.Tls.IMPLICIT;
    if (implicit && certificate.isEmpty()) {
      return Future.failedFuture("IMAP with implicit TLS on " + listener + " needs a certificate");
    }
    // Vert.x shares a port that the system chooses among instances only if it is asked for as a
    // negative one; one number for each listener.
    int port = listener.port() == 0 ? -1 - index : listener.port();
    var options =
        ServerSockets.options(listener, certificate).setHost(listener.host()).setPort(port);
    NetServer netServer = vertx.createNetServer(options);
    netServer.connectHandler(socket -> connected(socket, listener));
    listening.add(netServer);
    return netServer.listen().onSuccess(open -> server.opened(index, open.actualPort()));
  }

  private void connected(NetSocket socket, Listener listener) {
    if (!ServerSockets.isWelcome(socket, listener)) {
      socket.close();
      return;
    }
    var connection = new ImapConnection(server, vertx, context, socket, upgrade);
    if (drained != null) {
      connection.refuse("Shutting down");
      return;
    }
    if (!connection.admit()) {
      return;
    }
    connections.add(connection);
    connection.open(() -> closed(connection));
  }

  private void closed(ImapConnection connection) {
    connections.remove(connection);
    if (drained != null && connections.isEmpty()) {
      drained.tryComplete();
    }
  }

  @Override
  public Future<?> stop() {
    drained = Promise.promise();
    List.copyOf(connections).forEach(ImapConnection::leave);
    if (connections.isEmpty()) {
      drained.tryComplete();
    }
    long limit =
        vertx.setTimer(
            Math.max(1, server.settings().drainTime().toMillis()), id -> drained.tryComplete());
    return drained
        .future()
        .eventually(
            () -> {
              vertx.cancelTimer(limit);
              var closing = new ArrayList<Future<?>>();
              listening.forEach(netServer -> closing.add(netServer.close()));
              return Future.join(closing);
            });
  }
}
