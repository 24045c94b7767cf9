package org.malleposte.smtp;

import java.util.List;
import java.util.function.Function;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.RoutingDecision.Accept;
import org.malleposte.routing.RoutingDecision.Discard;
import org.malleposte.routing.RoutingDecision.DiscardMail;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.routing.RoutingDecision.Quarantine;
import org.malleposte.routing.RoutingDecision.Refuse;
import org.malleposte.routing.Target;

/**
 * Knows the domain {@code mx.test}: the local-part says what becomes of a mail. Anything else is
 * relayed for who has logged in.
 */
final class FakeRouter implements Router {
  private static final List<Evidence> WHY = List.of(new Evidence("access", 7, "fake"));

  volatile Function<Peer, Verdict> connect = _ -> new Verdict.Pass();

  @Override
  public Verdict onConnect(Peer peer) {
    return connect.apply(peer);
  }

  @Override
  public Verdict onSender(Peer peer, ReversePath from) {
    return switch (from.address().map(EmailAddress::localPart).orElse("")) {
      case "spammer" -> new Verdict.Reject(refuse(550, "5.7.1", "We do not know you"));
      case "goaway" -> new Verdict.Reject(refuse(421, "4.7.1", "Go away"));
      case "discarded" -> new Verdict.DiscardAll(new DiscardMail(WHY));
      case "suspect" -> new Verdict.QuarantineAll("suspect", WHY);
      case "crash" -> throw new IllegalStateException("a bug, on purpose");
      default -> new Verdict.Pass();
    };
  }

  @Override
  public RoutingDecision onRecipient(Peer peer, ReversePath from, EmailAddress recipient) {
    if (!recipient.domain().name().equals("mx.test")) {
      return peer.account().isPresent()
          ? new Accept(List.of(new Target.Remote(recipient, recipient)), WHY)
          : refuse(550, "5.7.1", "Relaying denied");
    }
    return switch (recipient.localPart()) {
      case "nobody" -> refuse(550, "5.1.1", "User unknown");
      case "later" -> refuse(451, "4.7.1", "Greylisted");
      case "null" -> new Discard(WHY);
      case "trap" -> new DiscardMail(WHY);
      case "held" -> new Quarantine("held", List.of(local(recipient)), WHY);
      default -> new Accept(List.of(local(recipient)), WHY);
    };
  }

  @Override
  public RoutingDecision ownMail(EmailAddress recipient) {
    if (!recipient.domain().name().equals("mx.test")) {
      return new Accept(List.of(new Target.Remote(recipient, recipient)), WHY);
    }
    return switch (recipient.localPart()) {
      case "nobody" -> refuse(550, "5.1.1", "User unknown");
      case "team" ->
          new Accept(
              List.of(
                  new Target.Local(AccountName.of("alice"), recipient),
                  new Target.Remote(EmailAddress.parse("dave@elsewhere.test"), recipient)),
              WHY);
      default -> new Accept(List.of(local(recipient)), WHY);
    };
  }

  private static Target local(EmailAddress recipient) {
    return new Target.Local(AccountName.of(recipient.localPart()), recipient);
  }

  private static Refuse refuse(int code, String status, String text) {
    return new Refuse(code, EnhancedStatus.parse(status), text, WHY);
  }
}
