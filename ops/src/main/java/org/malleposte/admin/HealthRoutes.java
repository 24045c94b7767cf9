package org.malleposte.admin;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.malleposte.json.Json;

/** {@code GET /health/live} and {@code /health/ready}: 200, or 503 and the reasons. */
final class HealthRoutes {
  private final Health health;

  HealthRoutes(Health health) {
    this.health = health;
  }

  void mount(Router router) {
    router.get("/health/live").handler(request -> reply(request, "live", health.deadly()));
    router.get("/health/ready").handler(request -> reply(request, "ready", health.unready()));
  }

  private static void reply(RoutingContext request, String what, List<String> reasons) {
    VertxReplies.json(
        request,
        reasons.isEmpty() ? 200 : 503,
        Json.object(what, reasons.isEmpty(), "reasons", reasons));
  }
}
