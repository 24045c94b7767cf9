package org.malleposte.routing;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.routing.RoutingDecision.Evidence;

/**
 * All that the tables say of one mail, for {@code malleposte route}.
 *
 * @param connection of the client; with {@code delay_checks} always passed, and part of {@code
 *     recipient}
 * @param sender likewise
 */
public record Explanation(
    Router.Verdict connection, Router.Verdict sender, RoutingDecision recipient) {
  /** What the client would see, and the lines that decided; a line each. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    verdict("connection", connection, lines);
    verdict("sender", sender, lines);
    lines.add("recipient: " + says(recipient));
    evidence(recipient.because(), lines);
    return List.copyOf(lines);
  }

  /** The reply to RCPT and what it means. */
  public static String says(RoutingDecision decision) {
    return switch (decision) {
      case RoutingDecision.Accept(var targets, _) -> "250 2.1.5 OK for " + names(targets);
      case RoutingDecision.Refuse refuse -> reply(refuse);
      case RoutingDecision.Discard _ -> "250 2.1.5 OK and thrown away for this recipient";
      case RoutingDecision.DiscardMail _ -> "250 2.1.5 OK and thrown away for all";
      case RoutingDecision.Quarantine(var reason, var targets, _) ->
          "250 2.1.5 OK for " + names(targets) + ", held: " + reason;
    };
  }

  private static void verdict(String what, Router.Verdict verdict, List<String> lines) {
    switch (verdict) {
      case Router.Verdict.Pass _ -> lines.add(what + ": passes");
      case Router.Verdict.Reject(var refuse) -> {
        lines.add(what + ": " + reply(refuse));
        evidence(refuse.because(), lines);
      }
      case Router.Verdict.DiscardAll(var discard) -> {
        lines.add(what + ": all its mail is accepted and thrown away");
        evidence(discard.because(), lines);
      }
      case Router.Verdict.QuarantineAll(var reason, var because) -> {
        lines.add(what + ": all its mail is accepted and held: " + reason);
        evidence(because, lines);
      }
    }
  }

  private static void evidence(List<Evidence> because, List<String> lines) {
    because.forEach(evidence -> lines.add("  " + evidence));
  }

  private static String reply(RoutingDecision.Refuse refuse) {
    return refuse.code() + " " + refuse.status() + " " + refuse.text();
  }

  private static String names(List<Target> targets) {
    return String.join(
        ", ",
        targets.stream()
            .map(
                target ->
                    switch (target) {
                      case Target.Local local -> local.account() + " (local)";
                      case Target.Remote remote -> remote.address() + " (remote)";
                    })
            .toList());
  }
}
