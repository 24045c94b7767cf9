package org.malleposte.admin;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.malleposte.config.HostPort;
import org.malleposte.metrics.MetricsRoutes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a node. Health and metrics are open, all else needs {@code Authorization:
 * Bearer TOKEN} and obeys the {@link CleartextRule}. Nothing here blocks the event loop.
 */
public final class AdminVerticle extends VerticleBase {
  /** The largest request is a password. */
  static final long MAX_BODY_BYTES = 64 * 1024;

  static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final String BEARER = "Bearer ";
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  private final HostPort listen;
  private final AdminToken token;
  private final AdminServices services;
  private final CleartextRule cleartext;
  private HttpServer server;

  /**
   * @param listen port 0 lets the system choose, see {@link #port}
   */
  public AdminVerticle(HostPort listen, AdminToken token, AdminServices services) {
    this(listen, token, services, CleartextRule.loopback());
  }

  AdminVerticle(
      HostPort listen, AdminToken token, AdminServices services, CleartextRule cleartext) {
    this.listen = listen;
    this.token = token;
    this.services = services;
    this.cleartext = cleartext;
  }

  /** Where it listens, once deployed. */
  public int port() {
    return server.actualPort();
  }

  @Override
  public Future<?> start() {
    var options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setIdleTimeout((int) IDLE_TIMEOUT.toSeconds());
    server = vertx.createHttpServer(options).requestHandler(router());
    return server.listen(listen.port(), listen.host());
  }

  private Router router() {
    Router router = Router.router(vertx);
    new HealthRoutes(services.health()).mount(router);
    new MetricsRoutes(vertx, services.metrics()).mount(router);
    router.route().handler(this::refuseCleartext);
    router.route("/api/*").handler(this::authenticate);
    router.route("/api/*").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    new ClusterRoutes(services.cluster()).mount(router);
    new QueueRoutes(services.queue()).mount(router);
    new UserRoutes(services.users()).mount(router);
    router.route().failureHandler(AdminVerticle::failed);
    router.errorHandler(404, r -> VertxReplies.error(r, 404, "no such resource"));
    router.errorHandler(405, r -> VertxReplies.error(r, 405, "no such method on this resource"));
    return router;
  }

  private void refuseCleartext(RoutingContext request) {
    cleartext
        .refusal(
            request.request().isSSL(),
            address(request.request().remoteAddress()),
            address(request.request().localAddress()))
        .ifPresentOrElse(why -> VertxReplies.error(request, 403, why), request::next);
  }

  private static Optional<String> address(SocketAddress of) {
    return Optional.ofNullable(of).map(SocketAddress::hostAddress);
  }

  private void authenticate(RoutingContext request) {
    String header = request.request().getHeader("Authorization");
    if (header != null
        && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && token.isSame(header.substring(BEARER.length()).strip())) {
      request.next();
      return;
    }
    request.response().putHeader("WWW-Authenticate", "Bearer");
    VertxReplies.error(request, 401, "this needs the token of the file data/admin.token");
  }

  private static void failed(RoutingContext request) {
    switch (request.statusCode()) {
      case 413 ->
          VertxReplies.error(request, 413, "a body has at most " + MAX_BODY_BYTES + " bytes");
      case 400 -> VertxReplies.error(request, 400, "bad request");
      default -> {
        LOG.error(
            "{} {} failed",
            request.request().method(),
            request.normalizedPath(),
            request.failure());
        VertxReplies.error(request, 500, "internal error, see the log of the node");
      }
    }
  }
}
