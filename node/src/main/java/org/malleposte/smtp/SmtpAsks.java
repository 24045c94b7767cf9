package org.malleposte.smtp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.Target;
import org.malleposte.smtp.SmtpMetrics.Rcpt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a session's questions to the rest of the node. The answers are events, at once or later, on
 * any thread. Checks that take time (DNS lists, greylist, SPF, milters) belong here.
 */
final class SmtpAsks {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpAsks.class);

  private static final RoutingDecision.Refuse NOT_YOURS =
      new RoutingDecision.Refuse(
          553,
          EnhancedStatus.parse("5.7.1"),
          "Sender address does not belong to you",
          List.of(new RoutingDecision.Evidence("smtp", 0, "senders: own")));

  private final SmtpServices services;
  private final SmtpMetrics metrics;
  private final Duration greetPause;

  SmtpAsks(SmtpServices services, SmtpMetrics metrics, Duration greetPause) {
    this.greetPause = greetPause;
    this.services = services;
    this.metrics = metrics;
  }

  CompletableFuture<SmtpEvent> arrival(SmtpClient client) {
    PeerNames names = client.loopback() ? PeerNames.NONE : services.peerNames();
    return names
        .verified(client.address())
        .thenApply(
            name -> new SmtpEvent.Arrived(name, onConnect(client, name), greetPause(client, name)));
  }

  private Duration greetPause(SmtpClient client, Optional<String> name) {
    return client.loopback()
        ? Duration.ZERO
        : services.policy().greetPause(client.address(), name).orElse(greetPause);
  }

  private Verdict onConnect(SmtpClient client, Optional<String> name) {
    Verdict verdict = services.router().onConnect(client.named(name).peer());
    if (verdict instanceof Verdict.Reject(var refuse)) {
      LOG.info("{}: refused connection: {}", client.address(), refuse);
    }
    return verdict;
  }

  CompletableFuture<SmtpEvent> sender(SmtpStep.AskSender ask) {
    Verdict verdict =
        ask.own() && !owns(ask.peer(), ask.from())
            ? new Verdict.Reject(NOT_YOURS)
            : services.router().onSender(ask.peer(), ask.from());
    if (verdict instanceof Verdict.Reject(var refuse)) {
      LOG.info("{}: refused MAIL {}: {}", ask.peer().address(), ask.from(), refuse);
    }
    return CompletableFuture.completedFuture(new SmtpEvent.SenderChecked(verdict));
  }

  /** Whether mail to the address would reach the account, by whatever aliases. */
  private boolean owns(Router.Peer peer, ReversePath from) {
    return from.address()
        .map(
            address ->
                services.router().ownMail(address) instanceof RoutingDecision.Accept(var targets, _)
                    && targets.stream()
                        .anyMatch(
                            target ->
                                target instanceof Target.Local(var account, _, _)
                                    && peer.account().equals(Optional.of(account))))
        .orElse(true);
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

  CompletableFuture<SmtpEvent> verify(EmailAddress address) {
    return CompletableFuture.completedFuture(
        new SmtpEvent.Verified(services.router().ownMail(address)));
  }

  CompletableFuture<SmtpEvent> flush(SmtpStep.AskFlush ask) {
    boolean begun = services.flushes().begin(ask.domain(), ask.subdomains());
    return CompletableFuture.completedFuture(new SmtpEvent.FlushBegun(begun));
  }

  CompletableFuture<SmtpEvent> login(SmtpStep.AskLogin ask, String peerAddress) {
    return services
        .authenticator()
        .ask(ask.question(), peerAddress)
        .thenApply(SmtpEvent.LoginChecked::new);
  }
}
