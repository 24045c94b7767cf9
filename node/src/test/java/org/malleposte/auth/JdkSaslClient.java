package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** The JDK's mechanisms, which are not ours. */
final class JdkSaslClient implements SaslDialogue.Client {
  private final SaslClient client;

  JdkSaslClient(String mechanism, String service, String login, String password)
      throws SaslException {
    client =
        Sasl.createSaslClient(
            new String[] {mechanism},
            null,
            service,
            "mx.test",
            Map.of(),
            callbacks -> {
              for (Callback callback : callbacks) {
                switch (callback) {
                  case NameCallback name -> name.setName(login);
                  case PasswordCallback secret -> secret.setPassword(password.toCharArray());
                  case RealmCallback _ -> {}
                  default -> throw new IllegalStateException(callback.toString());
                }
              }
            });
  }

  Optional<byte[]> initial() throws SaslException {
    return client.hasInitialResponse()
        ? Optional.of(client.evaluateChallenge(new byte[0]))
        : Optional.empty();
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    // The JDK's DIGEST-MD5 fails on an empty realm, which Dovecot sends too.
    String text = new String(challenge, StandardCharsets.ISO_8859_1).replace("realm=\"\",", "");
    byte[] response = client.evaluateChallenge(text.getBytes(StandardCharsets.ISO_8859_1));
    return response == null ? new byte[0] : response;
  }

  /** Whether the server has shown that it knows the password, where the mechanism has that. */
  boolean isComplete() {
    return client.isComplete();
  }
}
