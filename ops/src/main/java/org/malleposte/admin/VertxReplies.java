package org.malleposte.admin;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.malleposte.json.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns answers into HTTP: a status and a JSON object, {@code {"error": "..."}} when it is bad. */
final class VertxReplies {
  /** Longer than any operation should take; a client must not hang on a broken node. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(VertxReplies.class);

  private VertxReplies() {}

  static void json(RoutingContext request, int status, Object body) {
    if (request.response().ended() || request.response().closed()) {
      return; // The client has gone.
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(Json.write(body) + "\n");
  }

  static void error(RoutingContext request, int status, String why) {
    json(request, status, Map.of("error", why));
  }

  /** The body as JSON; empty when it is none and the client has been told. */
  static Optional<RequestBody> body(RoutingContext request) {
    try {
      String text = request.body().asString();
      return Optional.of(RequestBody.parse(text == null ? "" : text));
    } catch (IllegalArgumentException e) {
      error(request, 400, e.getMessage());
      return Optional.empty();
    }
  }

  /** Answers with what the future brings. */
  static <T> void value(
      RoutingContext request, CompletableFuture<T> future, Function<T, Object> toJson) {
    // The future ends on any thread; the response belongs to the request's context.
    Future.fromCompletionStage(future, request.vertx().getOrCreateContext())
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(value -> json(request, 200, toJson.apply(value)))
        .onFailure(failure -> failed(request, failure));
  }

  static <T> void answer(
      RoutingContext request,
      CompletableFuture<AdminAnswer<T>> future,
      Function<T, Object> toJson) {
    Future.fromCompletionStage(future, request.vertx().getOrCreateContext())
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(answer -> answer(request, answer, toJson))
        .onFailure(failure -> failed(request, failure));
  }

  private static <T> void answer(
      RoutingContext request, AdminAnswer<T> answer, Function<T, Object> toJson) {
    switch (answer) {
      case AdminAnswer.Done<T>(var value) -> json(request, 200, toJson.apply(value));
      case AdminAnswer.Unknown<T>(var what) -> error(request, 404, what);
      case AdminAnswer.Conflict<T>(var why) -> error(request, 409, why);
      case AdminAnswer.Refused<T>(var why) -> error(request, 422, why);
      case AdminAnswer.Unavailable<T>(var why) -> error(request, 503, why);
    }
  }

  private static void failed(RoutingContext request, Throwable failure) {
    if (failure instanceof TimeoutException) {
      error(request, 504, "no answer within " + PATIENCE.toSeconds() + " s");
      return;
    }
    LOG.error("{} {} failed", request.request().method(), request.normalizedPath(), failure);
    error(request, 500, "internal error, see the log of the node");
  }
}
