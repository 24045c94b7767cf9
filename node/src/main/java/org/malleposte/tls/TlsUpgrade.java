package org.malleposte.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Turns a server's connection to TLS (STARTTLS, STLS). Made by {@link ServerTls}. Thread-safe.
 *
 * <p>It stands in for {@code NetSocket.upgradeToSsl} of Vert.x 5.0.8, which throws on every
 * instance but the first of those that share a port, and hands on, as if they had been encrypted,
 * bytes that came in clear before its handler was in place. Here nothing is read between the last
 * words in clear and the handshake.
 */
public final class TlsUpgrade {
  /** In front of Vert.x's own handler; the name that Vert.x gives to its own. */
  private static final String HANDLER = "ssl";

  private final SSLContext context;
  private final String[] protocols;
  private final String[] cipherSuites;
  private final boolean asksForCertificate;
  private final Duration handshakeLimit;

  private TlsUpgrade(
      SSLContext context,
      String[] protocols,
      String[] cipherSuites,
      boolean asksForCertificate,
      Duration handshakeLimit) {
    this.context = context;
    this.protocols = protocols;
    this.cipherSuites = cipherSuites;
    this.asksForCertificate = asksForCertificate;
    this.handshakeLimit = handshakeLimit;
  }

  static TlsUpgrade of(SSLContext context, ServerSSLOptions options) {
    return new TlsUpgrade(
        context,
        options.getEnabledSecureTransportProtocols().toArray(String[]::new),
        options.getEnabledCipherSuites().toArray(String[]::new),
        options.getClientAuth() != ClientAuth.NONE,
        Duration.of(
            options.getSslHandshakeTimeout(), options.getSslHandshakeTimeoutUnit().toChronoUnit()));
  }

  /**
   * Writes the last words in clear and begins. Call it on the connection's context, with nothing
   * read and not used: such bytes came in clear behind the command, and are the caller's to refuse.
   *
   * @return done after the handshake; when it fails the caller closes
   */
  public Future<Void> begin(NetSocket socket, Buffer lastWords) {
    ChannelHandlerContext channel = ((NetSocketInternal) socket).channelHandlerContext();
    // Answered on the connection's context, before what the client says next.
    Promise<Void> done = ContextInternal.current().promise();
    channel.channel().config().setAutoRead(false);
    socket.write(lastWords).onFailure(done::tryFail).onSuccess(_ -> handshake(channel, done));
    return done.future();
  }

  private void handshake(ChannelHandlerContext channel, Promise<Void> done) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(protocols);
    if (cipherSuites.length > 0) {
      engine.setEnabledCipherSuites(cipherSuites);
    }
    engine.setWantClientAuth(asksForCertificate);
    var handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(handshakeLimit.toMillis());
    handler
        .handshakeFuture()
        .addListener(
            ended -> {
              if (ended.isSuccess()) {
                done.tryComplete();
              } else {
                done.tryFail(ended.cause());
              }
            });
    channel.pipeline().addFirst(HANDLER, handler);
    channel.channel().config().setAutoRead(true);
  }
}
