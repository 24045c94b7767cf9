package org.malleposte.auth;

/** A login outside SASL, such as LOGIN of IMAP: one question and its outcome. */
public record OneQuestion(LoginQuestion question) implements SaslExchange {
  @Override
  public SaslStep begin() {
    return new SaslStep.Ask(question);
  }

  @Override
  public SaslStep respond(byte[] response) {
    throw new IllegalStateException("there was no challenge");
  }
}
