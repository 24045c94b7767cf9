package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.malleposte.account.Credential;

/**
 * A SCRAM client's proof. Readable passwords are salted as the client was told to.
 *
 * @param salt as it was told
 */
record ScramProof(
    ScramHash hash, byte[] salt, int iterations, byte[] clientProof, String authMessage)
    implements PasswordProof {
  @Override
  public Optional<byte[]> verify(Credential credential) {
    try {
      return secret(credential).flatMap(secret -> secret.verify(clientProof, authMessage));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a hash of the right shape with nonsense in it
    }
  }

  private Optional<ScramSecret> secret(Credential credential) {
    if (!credential.scheme().isReadable()) {
      return ScramSecret.of(credential, hash);
    }
    String password = new String(credential.decoded(), StandardCharsets.UTF_8);
    return PasswordSchemes.isAcceptable(password)
        ? Optional.of(ScramSecret.derive(hash, password, salt, iterations))
        : Optional.empty();
  }
}
