package org.malleposte.smtp;

import java.util.Base64;
import java.util.Optional;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.SaslMechanism;
import org.malleposte.smtp.SmtpState.Authenticating;
import org.malleposte.smtp.SmtpState.Hello;

/** The AUTH command (RFC 4954) of a session. Pure. */
final class SmtpLogin {
  /** What follows from a line of the client. */
  sealed interface Move {
    record Challenge(SmtpReply reply, Authenticating next) implements Move {}

    record Check(SmtpStep.AskLogin step) implements Move {}

    record Refuse(SmtpReply reply) implements Move {}
  }

  boolean isOffered(SmtpClient client) {
    return client.isPrivate() && client.account().isEmpty();
  }

  Move begin(SmtpClient client, Hello hello, SmtpCommand.Auth auth) {
    if (client.account().isPresent()) {
      return new Move.Refuse(SmtpReplies.ALREADY_LOGGED_IN);
    }
    if (!client.isPrivate()) {
      return new Move.Refuse(SmtpReplies.ENCRYPTION_REQUIRED);
    }
    Optional<SaslMechanism> mechanism = SaslMechanism.named(auth.mechanism());
    if (mechanism.isEmpty()) {
      return new Move.Refuse(SmtpReplies.MECHANISM_UNKNOWN);
    }
    var exchanging = new Authenticating(hello, mechanism.get().start());
    if (auth.initial().isEmpty()) {
      return follow(exchanging, exchanging.exchange().begin());
    }
    // An empty initial response is written as one equals sign (RFC 4954 §4).
    String initial = auth.initial().get();
    return respond(exchanging, initial.equals("=") ? "" : initial);
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

  private static Move follow(Authenticating exchanging, SaslStep step) {
    return switch (step) {
      case SaslStep.Challenge(var data) ->
          new Move.Challenge(
              SmtpReply.of(334, Base64.getEncoder().encodeToString(data)), exchanging);
      case SaslStep.Check(var login, var password) ->
          new Move.Check(new SmtpStep.AskLogin(login, password));
      case SaslStep.Malformed _ -> new Move.Refuse(SmtpReplies.SASL_SYNTAX);
    };
  }
}
