package org.malleposte.tls;

import io.vertx.core.Vertx;
import io.vertx.core.net.ServerSSLOptions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * TLS as the listeners of a node have it. All share one context, so that a client can resume at any
 * event loop a session that began at another. Thread-safe.
 */
public final class ServerTls {
  private final ServerSSLOptions options;
  private final SharedContext context;

  /** Its key manager may follow reloads. */
  public ServerTls(ServerSSLOptions options) {
    this(options, new SharedContext());
  }

  private ServerTls(ServerSSLOptions options, SharedContext context) {
    this.options = Objects.requireNonNull(options);
    this.context = context;
  }

  /** The same, with so much time for a handshake. */
  public ServerTls within(Duration handshake) {
    return new ServerTls(
        options
            .copy()
            .setSslHandshakeTimeout(handshake.toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS),
        context);
  }

  /** For a socket that is encrypted from the first byte. */
  public ServerSSLOptions options() {
    return options;
  }

  /** For one that becomes so. */
  public TlsUpgrade upgrade(Vertx vertx) {
    return TlsUpgrade.of(context.of(vertx, options), options);
  }

  private static final class SharedContext {
    private SSLContext made;

    synchronized SSLContext of(Vertx vertx, ServerSSLOptions options) {
      if (made == null) {
        made = create(vertx, options);
      }
      return made;
    }

    private static SSLContext create(Vertx vertx, ServerSSLOptions options) {
      try {
        var context = SSLContext.getInstance("TLS");
        var keys = options.getKeyCertOptions().getKeyManagerFactory(vertx).getKeyManagers();
        var trust = options.getTrustOptions();
        context.init(
            keys,
            trust == null ? null : trust.getTrustManagerFactory(vertx).getTrustManagers(),
            null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      } catch (Exception e) {
        throw new IllegalStateException("the certificate cannot be used", e);
      }
    }
  }
}
