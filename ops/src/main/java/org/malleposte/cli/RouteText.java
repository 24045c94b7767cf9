package org.malleposte.cli;

import java.util.List;
import java.util.Map;
import org.malleposte.json.Json;
import org.malleposte.routing.Explanation;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.routing.RoutingDecision.Refuse;
import org.malleposte.routing.Target;

/** What {@code route} prints. */
final class RouteText {
  private RouteText() {}

  /** The reply and the final recipients first, then what decided. */
  static String text(Explanation explanation) {
    var text = new StringBuilder("reply: ").append(reply(explanation)).append('\n');
    for (Target target : targets(explanation)) {
      text.append("to: ")
          .append(
              switch (target) {
                case Target.Local local -> local.account() + " (mailbox)";
                case Target.Remote remote -> remote.address() + " (other host)";
              })
          .append(target.owner().map(owner -> ", sent on by " + owner).orElse(""))
          .append('\n');
    }
    explanation.lines().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  static Map<String, Object> json(Explanation explanation) {
    return Json.object(
        "reply",
        reply(explanation),
        "targets",
        targets(explanation).stream().map(RouteText::json).toList(),
        "connection",
        json(explanation.connection()),
        "sender",
        json(explanation.sender()),
        "recipient",
        Json.object(
            "says",
            Explanation.says(explanation.recipient()),
            "because",
            because(explanation.recipient().because())));
  }

  /** What the client sees at RCPT: a refused client or sender does not get as far. */
  private static String reply(Explanation explanation) {
    if (explanation.connection() instanceof Verdict.Reject(var refuse)) {
      return reply(refuse);
    }
    if (explanation.sender() instanceof Verdict.Reject(var refuse)) {
      return reply(refuse);
    }
    return explanation.recipient() instanceof Refuse refuse ? reply(refuse) : "250 2.1.5 OK";
  }

  private static List<Target> targets(Explanation explanation) {
    if (stops(explanation.connection()) || stops(explanation.sender())) {
      return List.of();
    }
    return switch (explanation.recipient()) {
      case RoutingDecision.Accept accept -> accept.targets();
      case RoutingDecision.Quarantine quarantine -> quarantine.targets();
      case Refuse _, RoutingDecision.Discard _, RoutingDecision.DiscardMail _ -> List.of();
    };
  }

  private static boolean stops(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Reject _, Verdict.DiscardAll _ -> true;
      case Verdict.Pass _, Verdict.QuarantineAll _ -> false;
    };
  }

  private static Map<String, Object> json(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Pass _ -> verdict("passes", List.of());
      case Verdict.Reject(var refuse) -> verdict(reply(refuse), refuse.because());
      case Verdict.DiscardAll(var discard) -> verdict("thrown away", discard.because());
      case Verdict.QuarantineAll(var reason, var because) -> verdict("held: " + reason, because);
    };
  }

  private static Map<String, Object> verdict(String says, List<Evidence> because) {
    return Json.object("says", says, "because", because(because));
  }

  private static Map<String, Object> json(Target target) {
    Map<String, Object> json =
        switch (target) {
          case Target.Local local -> Json.object("account", local.account());
          case Target.Remote remote -> Json.object("address", remote.address());
        };
    target.owner().ifPresent(owner -> json.put("owner", owner));
    return json;
  }

  private static List<Map<String, Object>> because(List<Evidence> because) {
    return because.stream()
        .map(e -> Json.object("file", e.file(), "line", e.line(), "text", e.text()))
        .toList();
  }

  private static String reply(Refuse refuse) {
    return refuse.code() + " " + refuse.status() + " " + refuse.text();
  }
}
