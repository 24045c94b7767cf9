package org.malleposte.smtp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.smtp.SmtpMetrics.Rcpt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a session's questions to the rest of the node. The answers are events, at once or later, on
 * any thread. Checks that take time (DNS lists, greylist, SPF, milters) belong here.
 */
final class SmtpAsks {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpAsks.class);

  private final SmtpServices services;
  private final SmtpMetrics metrics;

  SmtpAsks(SmtpServices services, SmtpMetrics metrics) {
    this.services = services;
    this.metrics = metrics;
  }

  CompletableFuture<SmtpEvent> arrival(SmtpClient client) {
    PeerNames names = client.loopback() ? PeerNames.NONE : services.peerNames();
    return names
        .verified(client.address())
        .thenApply(name -> new SmtpEvent.Arrived(name, onConnect(client, name)));
  }

  private Verdict onConnect(SmtpClient client, Optional<String> name) {
    Verdict verdict = services.router().onConnect(client.named(name).peer());
    if (verdict instanceof Verdict.Reject(var refuse)) {
      LOG.info("{}: refused connection: {}", client.address(), refuse);
    }
    return verdict;
  }

  CompletableFuture<SmtpEvent> sender(SmtpStep.AskSender ask) {
    Verdict verdict = services.router().onSender(ask.peer(), ask.from());
    if (verdict instanceof Verdict.Reject(var refuse)) {
      LOG.info("{}: refused MAIL {}: {}", ask.peer().address(), ask.from(), refuse);
    }
    return CompletableFuture.completedFuture(new SmtpEvent.SenderChecked(verdict));
  }

  CompletableFuture<SmtpEvent> recipient(SmtpStep.AskRecipient ask) {
    RoutingDecision decision =
        services.router().onRecipient(ask.peer(), ask.from(), ask.recipient());
    if (decision instanceof RoutingDecision.Refuse refuse) {
      LOG.info(
          "{}: refused RCPT <{}> from {}: {}",
          ask.peer().address(),
          ask.recipient(),
          ask.from(),
          refuse);
    }
    metrics.count(
        switch (decision) {
          case RoutingDecision.Accept _, RoutingDecision.Quarantine _ -> Rcpt.ACCEPTED;
          case RoutingDecision.Discard _, RoutingDecision.DiscardMail _ -> Rcpt.DISCARDED;
          case RoutingDecision.Refuse _ -> Rcpt.REFUSED;
        });
    return CompletableFuture.completedFuture(new SmtpEvent.RecipientChecked(decision));
  }

  CompletableFuture<SmtpEvent> login(SmtpStep.AskLogin ask, String peerAddress) {
    return services
        .authenticator()
        .ask(ask.question(), peerAddress)
        .thenApply(SmtpEvent.LoginChecked::new);
  }
}
