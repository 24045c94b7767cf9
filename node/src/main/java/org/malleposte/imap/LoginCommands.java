package org.malleposte.imap;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.auth.OneQuestion;
import org.malleposte.auth.SaslExchange;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.imap.ImapState.NotAuthenticated;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;

/** STARTTLS, LOGIN and AUTHENTICATE (RFC 3501 §6.2, RFC 4959). */
final class LoginCommands {
  private final SessionCore core;
  private final SaslMechanisms mechanisms;
  private final Consumer<SaslExchange> challenged;

  /**
   * @param challenged the client's next line goes to this exchange
   */
  LoginCommands(SessionCore core, SaslMechanisms mechanisms, Consumer<SaslExchange> challenged) {
    this.core = core;
    this.mechanisms = mechanisms;
    this.challenged = challenged;
  }

  /** What CAPABILITY says of it before login. */
  String capabilities(Link link) {
    return Capabilities.beforeLogin(
        link.canStartTls(),
        mechanisms.offered(link.sasl()),
        mechanisms.takesPasswords(link.sasl()));
  }

  List<ImapStep> startTls(Link link) {
    if (link.encrypted()) {
      return core.reply(ImapReplies.TLS_ACTIVE);
    }
    if (!link.tlsAvailable()) {
      return core.reply(ImapReplies.NO_TLS);
    }
    ImapReply reply = ImapReply.ok("Begin TLS negotiation now");
    return List.of(new ImapStep.StartTls(Send.line(reply.line(core.tag()))));
  }

  List<ImapStep> login(Link link, String user, String password) {
    if (!mechanisms.takesPasswords(link.sasl())) {
      return core.reply(
          link.sasl().isPrivate() ? ImapReplies.NO_MECHANISM : ImapReplies.PRIVACY_REQUIRED);
    }
    var exchange = new OneQuestion(new LoginQuestion.Password(user, password));
    return follow(exchange, exchange.begin());
  }

  /**
   * @param initial the response that came with the command, still in base64
   */
  List<ImapStep> authenticate(Link link, String mechanism, Optional<String> initial) {
    return switch (mechanisms.start(mechanism, link.sasl())) {
      case SaslMechanisms.Start.Unknown _ -> core.reply(ImapReplies.NO_MECHANISM);
      case SaslMechanisms.Start.NeedsEncryption _ -> core.reply(ImapReplies.PRIVACY_REQUIRED);
      case SaslMechanisms.Start.Begun(var exchange) -> {
        if (initial.isEmpty()) {
          yield follow(exchange, exchange.begin());
        }
        // An empty one is written as one equals sign (RFC 4959 §3).
        yield respond(exchange, initial.get().equals("=") ? "" : initial.get());
      }
    };
  }

  List<ImapStep> respond(SaslExchange exchange, String base64) {
    if (base64.equals("*")) {
      return core.reply(ImapReplies.CANCELLED);
    }
    byte[] response;
    try {
      response = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return core.reply(ImapReplies.BAD_BASE64);
    }
    return follow(exchange, exchange.respond(response));
  }

  private List<ImapStep> follow(SaslExchange exchange, SaslStep step) {
    return switch (step) {
      case SaslStep.Challenge(var data) -> {
        challenged.accept(exchange);
        yield List.of(Send.line("+ " + Base64.getEncoder().encodeToString(data)));
      }
      case SaslStep.Ask(var question) ->
          List.of(
              new ImapStep.AskLogin(
                  question, answer -> follow(exchange, exchange.answered(answer))));
      case SaslStep.Ended(var outcome) -> outcome(outcome);
      case SaslStep.Malformed _ -> failed(ImapReplies.AUTHENTICATION_FAILED);
    };
  }

  private List<ImapStep> outcome(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Granted(var account) ->
          List.of(
              new ImapStep.Admit(
                  account,
                  admitted ->
                      admitted ? granted(account) : core.reply(ImapReplies.TOO_MANY_SESSIONS)));
      case LoginOutcome.Denied _ -> failed(ImapReplies.AUTHENTICATION_FAILED);
      case LoginOutcome.Unavailable _ -> core.reply(ImapReplies.LOGIN_UNAVAILABLE);
    };
  }

  private List<ImapStep> granted(AccountName account) {
    core.become(new ImapState.Authenticated(account));
    String code = "CAPABILITY " + Capabilities.afterLogin(core.settings());
    return List.of(
        new ImapStep.Count(ImapMetrics::loginGranted),
        Send.line(ImapReply.ok("Logged in").withCode(code).line(core.tag())));
  }

  private List<ImapStep> failed(ImapReply reply) {
    int failures = core.state() instanceof NotAuthenticated(int before) ? before + 1 : 1;
    core.become(new NotAuthenticated(failures));
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Count(ImapMetrics::loginDenied));
    steps.add(Send.line(reply.line(core.tag())));
    if (failures >= ImapLimits.LOGIN_FAILURES_MAX) {
      steps.addAll(core.bye("Too many failed logins"));
    }
    return steps;
  }
}
