package org.malleposte.smtp;

import java.util.List;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.Target;
import org.malleposte.smtp.SmtpState.BeginningFlush;
import org.malleposte.smtp.SmtpState.InChunks;
import org.malleposte.smtp.SmtpState.InMail;
import org.malleposte.smtp.SmtpState.Ready;
import org.malleposte.smtp.SmtpState.Verifying;

/** VRFY and EXPN (RFC 5321 §3.5), and ETRN (RFC 1985), of a session. Pure, as the session. */
final class SmtpQuestions {
  private static final EnhancedStatus VALID = EnhancedStatus.parse("2.1.5");

  private final SmtpCore core;

  SmtpQuestions(SmtpCore core) {
    this.core = core;
  }

  /**
   * @param expand who is behind a list
   */
  List<SmtpStep> verify(Ready ready, String who, boolean expand) {
    Optional<EmailAddress> address = address(who, core.settings.name());
    if (address.isEmpty()) {
      return core.error(SmtpReplies.RECIPIENT_SYNTAX);
    }
    core.state = new Verifying(ready, expand);
    return List.of(new SmtpStep.AskVerify(address.get()));
  }

  List<SmtpStep> verified(RoutingDecision decision) {
    var verifying = core.as(Verifying.class);
    core.state = verifying.back();
    SmtpReply reply = answer(decision, verifying.expand());
    return reply.isRefusal()
        ? core.refused(reply, core.counts.refusedRecipient())
        : core.idle(reply);
  }

  List<SmtpStep> etrn(Ready ready, Domain domain, boolean subdomains) {
    if (!core.mayFlush()) {
      return core.error(SmtpReplies.NOT_ALLOWED);
    }
    if (ready instanceof InMail || ready instanceof InChunks) {
      return core.error(SmtpReplies.NOT_DURING_MAIL);
    }
    core.state = new BeginningFlush(ready, domain);
    return List.of(new SmtpStep.AskFlush(domain, subdomains));
  }

  List<SmtpStep> flushBegun(boolean begun) {
    var beginning = core.as(BeginningFlush.class);
    core.state = beginning.back();
    return begun
        ? core.idle(SmtpReplies.OK.withText("Queuing for node " + beginning.domain() + " started"))
        : core.error(SmtpReplies.FLUSHED_LATELY);
  }

  /**
   * The address that is meant: {@code <alice@example.org>}, {@code alice@example.org}, or a bare
   * {@code alice} of this node.
   */
  static Optional<EmailAddress> address(String who, Domain here) {
    boolean bracketed = who.startsWith("<") && who.endsWith(">");
    String text = bracketed ? who.substring(1, who.length() - 1) : who;
    try {
      return Optional.of(EmailAddress.parse(text.indexOf('@') < 0 ? text + "@" + here : text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * @param expand EXPN: who is behind it; else only that it is
   */
  static SmtpReply answer(RoutingDecision decision, boolean expand) {
    return switch (decision) {
      case RoutingDecision.Accept(var targets, _) -> accepted(targets, expand);
      case RoutingDecision.Quarantine(_, var targets, _) -> accepted(targets, expand);
      case RoutingDecision.Discard _, RoutingDecision.DiscardMail _ -> SmtpReplies.VRFY_VAGUE;
      case RoutingDecision.Refuse refuse -> SmtpReplies.of(refuse);
    };
  }

  private static SmtpReply accepted(List<Target> targets, boolean expand) {
    boolean local = targets.stream().anyMatch(Target.Local.class::isInstance);
    if (!expand) {
      String address = "<" + targets.getFirst().original() + ">";
      // Of a mailbox elsewhere we know only the way there (RFC 5321 §3.5.3).
      return local ? SmtpReply.of(250, VALID, address) : SmtpReplies.VRFY_VAGUE;
    }
    return new SmtpReply(
        250, Optional.of(VALID), targets.stream().map(SmtpQuestions::shown).toList());
  }

  private static String shown(Target target) {
    return switch (target) {
      case Target.Local(var account, var original, _) ->
          "<" + account + "@" + original.domain() + ">";
      case Target.Remote(var address, _, _) -> "<" + address + ">";
    };
  }
}
