package org.malleposte.auth;

/** {@code GSSAPI} with Kerberos 5 (RFC 4752), without a security layer: TLS is there for that. */
final class GssapiExchange implements SaslExchange {
  private final TicketConversation conversation;

  GssapiExchange(TicketConversation conversation) {
    this.conversation = conversation;
  }

  @Override
  public SaslStep begin() {
    return new SaslStep.Challenge(new byte[0]);
  }

  @Override
  public SaslStep respond(byte[] response) {
    return new SaslStep.Ask(new LoginQuestion.Ticket(conversation, response));
  }

  @Override
  public SaslStep answered(LoginAnswer answer) {
    return switch (answer) {
      case LoginAnswer.Negotiated(var token) -> new SaslStep.Challenge(token);
      case LoginAnswer.Ended(var outcome, var _) -> new SaslStep.Ended(outcome);
      case LoginAnswer.Salted _ -> throw new IllegalStateException("nobody asked for that");
    };
  }
}
