package org.malleposte.admin;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.malleposte.admin.UserOperations.User;
import org.malleposte.json.Json;
import org.malleposte.mail.AccountName;

/** {@code /api/v1/users}: the accounts. Passwords come in bodies only, never in a path. */
final class UserRoutes {
  /** Sets or checks a password. */
  private interface PasswordOperation {
    CompletableFuture<AdminAnswer<String>> on(AccountName name, String password);
  }

  private final UserOperations users;

  UserRoutes(UserOperations users) {
    this.users = users;
  }

  void mount(Router router) {
    router
        .get("/api/v1/users")
        .handler(request -> VertxReplies.value(request, users.list(), UserRoutes::json));
    router.post("/api/v1/users").handler(request -> withPassword(request, users::add));
    router
        .put("/api/v1/users/:name/password")
        .handler(request -> withPassword(request, users::setPassword));
    router.delete("/api/v1/users/:name").handler(this::delete);
    router.post("/api/v1/users/:name/undelete").handler(this::undelete);
  }

  private static Object json(List<User> users) {
    return Json.object(
        "users",
        users.stream()
            .map(
                user ->
                    Json.object(
                        "name",
                        user.name(),
                        "source",
                        user.source().name().toLowerCase(Locale.ROOT)))
            .toList());
  }

  private static void withPassword(RoutingContext request, PasswordOperation operation) {
    VertxReplies.body(request)
        .ifPresent(
            body -> {
              try {
                String inPath = request.pathParam("name");
                AccountName name = AccountName.of(inPath == null ? body.text("name") : inPath);
                String password = checked(body.text("password"));
                VertxReplies.answer(request, operation.on(name, password), ClusterRoutes::done);
              } catch (IllegalArgumentException e) {
                VertxReplies.error(request, 400, e.getMessage());
              }
            });
  }

  private static String checked(String password) {
    if (password.isEmpty() || password.length() > UserOperations.MAX_PASSWORD_CHARACTERS) {
      throw new IllegalArgumentException(
          "a password has 1 to " + UserOperations.MAX_PASSWORD_CHARACTERS + " characters");
    }
    return password;
  }

  private void undelete(RoutingContext request) {
    VertxReplies.body(request)
        .ifPresent(
            body -> {
              try {
                AccountName name = AccountName.of(request.pathParam("name"));
                Duration within = Duration.parse(body.text("within"));
                VertxReplies.answer(request, users.undelete(name, within), ClusterRoutes::done);
              } catch (IllegalArgumentException | DateTimeParseException e) {
                VertxReplies.error(request, 400, e.getMessage());
              }
            });
  }

  private void delete(RoutingContext request) {
    try {
      AccountName name = AccountName.of(request.pathParam("name"));
      VertxReplies.answer(request, users.delete(name), ClusterRoutes::done);
    } catch (IllegalArgumentException e) {
      VertxReplies.error(request, 400, e.getMessage());
    }
  }
}
