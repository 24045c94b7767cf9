package org.malleposte.admin;

import java.util.Map;
import org.malleposte.admin.QueueOperations.Listing;
import org.malleposte.admin.QueueOperations.Shown;
import org.malleposte.json.Json;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;

/** Queue entries as JSON; the names of the fields are stable. */
final class QueueJson {
  private QueueJson() {}

  static Map<String, Object> listing(Listing listing) {
    return Json.object(
        "total",
        listing.total(),
        "entries",
        listing.entries().stream().map(QueueJson::entry).toList());
  }

  static Map<String, Object> shown(Shown shown) {
    Map<String, Object> json = entry(shown.entry());
    json.put("header", shown.header());
    return json;
  }

  static Map<String, Object> entry(SpoolEntry entry) {
    return Json.object(
        "id",
        entry.id(),
        "from",
        entry.envelope().from().address().map(EmailAddress::toString).orElse(""),
        "size",
        entry.sizeBytes(),
        "accepted",
        entry.acceptedAt(),
        "attempts",
        entry.attempts(),
        "nextAttempt",
        entry.nextAttempt(),
        "held",
        entry.held(),
        "recipients",
        entry.deliveries().stream().map(QueueJson::delivery).toList());
  }

  private static Map<String, Object> delivery(Delivery delivery) {
    Map<String, Object> json =
        switch (delivery.target()) {
          case Target.Local(var account, var original, _) ->
              Json.object("to", original, "account", account);
          case Target.Remote(var address, var original, _) ->
              Json.object("to", original, "address", address);
        };
    delivery.target().owner().ifPresent(owner -> json.put("owner", owner));
    switch (delivery.state()) {
      case State.Pending(var lastError) -> state(json, "pending", lastError);
      case State.Delivered() -> state(json, "delivered", "");
      case State.Confirming(_, var text, _) -> state(json, "delivered", text);
      case State.Bouncing(var status, var text, var _) ->
          state(json, "bouncing", status + " " + text);
      case State.Failed(var status, var text) -> state(json, "failed", status + " " + text);
    }
    return json;
  }

  private static void state(Map<String, Object> json, String state, String detail) {
    json.put("state", state);
    json.put("detail", detail);
  }
}
