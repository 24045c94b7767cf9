package org.malleposte.admin;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.malleposte.json.Json;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;

/** {@code /api/v1/queue}: the spool of this node. */
final class QueueRoutes {
  private static final int DEFAULT_LIMIT = 100;
  private final QueueOperations queue;

  QueueRoutes(QueueOperations queue) {
    this.queue = queue;
  }

  void mount(Router router) {
    router.get("/api/v1/queue").handler(this::list);
    router
        .post("/api/v1/queue/flush")
        .handler(
            request ->
                VertxReplies.answer(
                    request, queue.flush(), count -> Json.object("flushed", count)));
    router.post("/api/v1/queue/adopt").handler(this::adopt);
    router
        .get("/api/v1/queue/:id")
        .handler(
            request ->
                id(request)
                    .ifPresent(
                        id -> VertxReplies.answer(request, queue.show(id), QueueJson::shown)));
    on(router, "flush", queue::flush);
    on(router, "hold", queue::hold);
    on(router, "release", queue::release);
    router.delete("/api/v1/queue/:id").handler(request -> perform(request, queue::delete));
  }

  private void on(
      Router router,
      String action,
      Function<QueueId, CompletableFuture<AdminAnswer<String>>> operation) {
    router.post("/api/v1/queue/:id/" + action).handler(request -> perform(request, operation));
  }

  private static void perform(
      RoutingContext request, Function<QueueId, CompletableFuture<AdminAnswer<String>>> operation) {
    id(request)
        .ifPresent(id -> VertxReplies.answer(request, operation.apply(id), ClusterRoutes::done));
  }

  private void list(RoutingContext request) {
    try {
      String limit = request.request().getParam("limit", String.valueOf(DEFAULT_LIMIT));
      int number = Integer.parseInt(limit);
      if (number < 1 || number > QueueOperations.MAX_LISTED) {
        throw new IllegalArgumentException(
            "limit must be 1 to " + QueueOperations.MAX_LISTED + ", not " + number);
      }
      Optional<QueueId> after =
          Optional.ofNullable(request.request().getParam("after")).map(QueueId::new);
      VertxReplies.value(request, queue.list(after, number), QueueJson::listing);
    } catch (NumberFormatException _) {
      VertxReplies.error(request, 400, "limit must be a number");
    } catch (IllegalArgumentException e) {
      VertxReplies.error(request, 400, e.getMessage());
    }
  }

  private void adopt(RoutingContext request) {
    VertxReplies.body(request)
        .ifPresent(
            body -> {
              try {
                var owner = new NodeName(body.text("node"));
                VertxReplies.answer(
                    request, queue.adopt(owner), count -> Json.object("adopted", count));
              } catch (IllegalArgumentException e) {
                VertxReplies.error(request, 400, e.getMessage());
              }
            });
  }

  private static Optional<QueueId> id(RoutingContext request) {
    try {
      return Optional.of(new QueueId(request.pathParam("id")));
    } catch (IllegalArgumentException e) {
      VertxReplies.error(request, 400, e.getMessage());
      return Optional.empty();
    }
  }
}
