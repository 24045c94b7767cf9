package org.malleposte.smtp;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.smtp.SmtpState.Authenticating;
import org.malleposte.smtp.SmtpState.CheckingLogin;
import org.malleposte.smtp.SmtpState.Hello;

/** The AUTH command (RFC 4954) of a session. Pure. */
final class SmtpLogin {
  /** What follows from a line of the client, or from the answer to a question. */
  sealed interface Move {
    record Challenge(SmtpReply reply, Authenticating next) implements Move {}

    record Ask(SmtpStep.AskLogin step, CheckingLogin next) implements Move {}

    record End(LoginOutcome outcome) implements Move {}

    record Refuse(SmtpReply reply) implements Move {}
  }

  private final SaslMechanisms mechanisms;

  SmtpLogin(SaslMechanisms mechanisms) {
    this.mechanisms = mechanisms;
  }

  /** The name without {@code -PLUS}, as {@code TRUST_AUTH_MECH} has it. */
  static String family(String mechanism) {
    String name = mechanism.toUpperCase(Locale.ROOT);
    return name.endsWith("-PLUS") ? name.substring(0, name.length() - "-PLUS".length()) : name;
  }

  List<String> offered(SmtpClient client) {
    return client.account().isEmpty() ? mechanisms.offered(client.link()) : List.of();
  }

  Move begin(SmtpClient client, Hello hello, SmtpCommand.Auth auth) {
    if (client.account().isPresent()) {
      return new Move.Refuse(SmtpReplies.ALREADY_LOGGED_IN);
    }
    return switch (mechanisms.start(auth.mechanism(), client.link())) {
      case SaslMechanisms.Start.NeedsEncryption _ ->
          new Move.Refuse(SmtpReplies.ENCRYPTION_REQUIRED);
      case SaslMechanisms.Start.Unknown _ -> new Move.Refuse(SmtpReplies.MECHANISM_UNKNOWN);
      case SaslMechanisms.Start.Begun(var exchange) -> {
        var exchanging = new Authenticating(hello, exchange);
        if (auth.initial().isEmpty()) {
          yield follow(exchanging, exchange.begin());
        }
        // An empty initial response is written as one equals sign (RFC 4954 §4).
        String initial = auth.initial().get();
        yield respond(exchanging, initial.equals("=") ? "" : initial);
      }
    };
  }

  Move respond(Authenticating exchanging, String line) {
    if (line.equals("*")) {
      return new Move.Refuse(SmtpReplies.SASL_CANCELLED);
    }
    byte[] response;
    try {
      response = Base64.getDecoder().decode(line);
    } catch (IllegalArgumentException e) {
      return new Move.Refuse(SmtpReplies.BASE64);
    }
    return follow(exchanging, exchanging.exchange().respond(response));
  }

  Move answered(CheckingLogin checking, LoginAnswer answer) {
    return follow(
        new Authenticating(checking.hello(), checking.exchange()),
        checking.exchange().answered(answer));
  }

  private static Move follow(Authenticating exchanging, SaslStep step) {
    return switch (step) {
      case SaslStep.Challenge(var data) ->
          new Move.Challenge(
              SmtpReply.of(334, Base64.getEncoder().encodeToString(data)), exchanging);
      case SaslStep.Ask(var question) ->
          new Move.Ask(
              new SmtpStep.AskLogin(question),
              new CheckingLogin(exchanging.hello(), exchanging.exchange()));
      case SaslStep.Ended(var outcome) -> new Move.End(outcome);
      case SaslStep.Malformed _ -> new Move.Refuse(SmtpReplies.SASL_SYNTAX);
    };
  }
}
