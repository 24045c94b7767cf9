package org.malleposte.smtp;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.smtp.SmtpSession.Offer;
import org.malleposte.smtp.SmtpSettings.Dialect;
import org.malleposte.smtp.SmtpState.Arriving;
import org.malleposte.smtp.SmtpState.Closed;

/**
 * What the parts of one session share: where it is, who the client is, what it has used up; and how
 * an answer is given. Belongs to the session.
 */
final class SmtpCore {
  final SmtpSettings settings;
  final Offer offer;
  final InstantSource clock;
  final RandomGenerator random;
  final SessionCounts counts;
  SmtpClient client;
  Verdict verdict = new Verdict.Pass();
  SmtpState state = new Arriving();

  SmtpCore(
      SmtpSettings settings,
      Offer offer,
      SmtpClient client,
      InstantSource clock,
      RandomGenerator random) {
    this.settings = settings;
    this.offer = offer;
    this.client = client;
    this.clock = clock;
    this.random = random;
    counts = new SessionCounts(settings.limits().counts());
  }

  boolean isLmtp() {
    return offer.dialect() == Dialect.LMTP;
  }

  boolean mayFlush() {
    return settings.privacy().etrn() && offer.etrn();
  }

  List<SmtpStep> close(SmtpReply reply) {
    state = new Closed();
    return List.of(new SmtpStep.Send(reply), new SmtpStep.Close());
  }

  List<SmtpStep> send(SmtpReply reply) {
    return reply.isClosing() ? close(reply) : List.of(new SmtpStep.Send(reply));
  }

  List<SmtpStep> idle(SmtpReply reply) {
    return refused(reply, counts.command());
  }

  List<SmtpStep> error(SmtpReply reply) {
    return refused(reply, counts.error());
  }

  List<SmtpStep> refused(SmtpReply reply, Optional<SmtpReply> tooMany) {
    if (tooMany.isPresent()) {
      return close(tooMany.get());
    }
    return reply.isRefusal() && !reply.isClosing() && counts.isSlowed()
        ? List.of(new SmtpStep.Pause(settings.limits().times().tarpit()), new SmtpStep.Send(reply))
        : send(reply);
  }

  <S extends SmtpState> S as(Class<S> expected) {
    if (!expected.isInstance(state)) {
      throw new IllegalStateException(
          "answer for " + expected.getSimpleName() + " in " + state.getClass().getSimpleName());
    }
    return expected.cast(state);
  }
}
