package org.malleposte.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router;
import org.malleposte.routing.RoutingDecision;

/** Commits mails that scripts cause, under ids that a repeat makes again. Thread-safe. */
public final class OwnMail {
  /** How it ended. */
  sealed interface Sending {
    /** It is safe, or thrown away by the tables. */
    record Sent() implements Sending {}

    /** Not now. */
    record Later(String detail) implements Sending {}

    record Never(String detail) implements Sending {}
  }

  private final String host;
  private final Router router;
  private final Supplier<CommitRule> rule;

  /**
   * @param host of this node
   * @param rule asked when there is a mail: who commits needs who delivers, and the other way round
   */
  public OwnMail(String host, Router router, Supplier<CommitRule> rule) {
    this.host = host;
    this.router = router;
    this.rule = rule;
  }

  /**
   * @param body begins with a trace header
   * @return never fails
   */
  CompletableFuture<Sending> send(
      QueueId id, ReversePath from, EmailAddress to, boolean smtpUtf8, MessageBody body) {
    return switch (router.ownMail(to)) {
      case RoutingDecision.Accept(var targets, _) ->
          rule.get()
              .commit(id, envelope(from, to, smtpUtf8), targets, body)
              .handle(
                  (outcome, failure) ->
                      failure == null ? sending(outcome) : new Sending.Later(failure.toString()));
      case RoutingDecision.Refuse refuse ->
          CompletableFuture.completedFuture(
              refuse.code() < 500
                  ? new Sending.Later(refuse.text())
                  : new Sending.Never(refuse.text()));
      case RoutingDecision.Quarantine(var reason, var targets, var _) ->
          rule.get()
              .hold(id, envelope(from, to, smtpUtf8), targets, body, reason)
              .handle(
                  (outcome, failure) ->
                      failure == null ? sending(outcome) : new Sending.Later(failure.toString()));
      case RoutingDecision.Discard _, RoutingDecision.DiscardMail _ ->
          CompletableFuture.completedFuture(new Sending.Sent());
    };
  }

  private static Sending sending(CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Committed _ -> new Sending.Sent();
      case CommitOutcome.Refused(_, var text) -> new Sending.Never(text);
      case CommitOutcome.NoSpace(var detail) -> new Sending.Later(detail);
      case CommitOutcome.NotSafe(var detail) -> new Sending.Later(detail);
    };
  }

  // RFC 5436 and RFC 3834 alike: nobody asked for reports on what a program sends.
  private Envelope envelope(ReversePath from, EmailAddress to, boolean smtpUtf8) {
    var wishes =
        from.address().isPresent()
            ? DsnRequest.NONE
            : new DsnRequest(
                DsnRequest.Returned.UNSAID,
                Optional.empty(),
                Map.of(
                    to,
                    new DsnRequest.OfRecipient(
                        Optional.of(DsnRequest.Notify.NEVER), Optional.empty())));
    return new Envelope(
        from,
        List.of(to),
        new Envelope.Client("127.0.0.1", host, "ESMTP"),
        Envelope.BodyType.EIGHT_BIT_MIME,
        Optional.empty(),
        smtpUtf8,
        wishes);
  }
}
