package org.malleposte.auth;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.malleposte.account.Credential;
import org.malleposte.auth.AccountFinder.Subject;

/**
 * The salts that SCRAM clients are told. A name that does not exist, or whose password is kept in a
 * form that SCRAM cannot use, has one too, and always the same, or anyone could ask who is here. A
 * readable password is salted with that.
 *
 * <p>What can still be told apart is a hash that another tool made with another number of rounds.
 */
final class DecoySalts {
  private static final int SALT_BYTES = 16;

  private final Supplier<byte[]> key;

  /**
   * @param key the same on all nodes, or two of them would tell a decoy from a salt
   */
  DecoySalts(Supplier<byte[]> key) {
    this.key = key;
  }

  LoginAnswer.Salted of(Subject.Known known, ScramHash hash) {
    return stored(known.credential(), hash)
        .map(secret -> new LoginAnswer.Salted(secret.salt(), secret.iterations()))
        .orElseGet(() -> decoy(known.account().value(), hash));
  }

  LoginAnswer.Salted decoy(String name, ScramHash hash) {
    byte[] mac = Digests.hmac("HmacSHA256", key.get(), hash + "\0" + name);
    return new LoginAnswer.Salted(Arrays.copyOf(mac, SALT_BYTES), PasswordSchemes.ITERATIONS);
  }

  private static Optional<ScramSecret> stored(Credential credential, ScramHash hash) {
    try {
      return ScramSecret.of(credential, hash);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // nonsense that fits nothing
    }
  }
}
