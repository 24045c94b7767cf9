package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import org.malleposte.account.Credential;
import org.malleposte.account.Credential.Encoding;

/**
 * What a server keeps of a password for SCRAM (RFC 5802 §3). It cannot be used to log in elsewhere;
 * {@link #toString} shows nothing of it.
 */
record ScramSecret(
    ScramHash hash, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
  /** The least that RFC 7677 §4 allows. */
  static final int LEAST_ITERATIONS = 4096;

  /** Costs PBKDF2. */
  static ScramSecret derive(ScramHash hash, String password, byte[] salt, int iterations) {
    byte[] salted = hash.salted(SaslText.prepare(password), salt, iterations);
    return new ScramSecret(
        hash,
        iterations,
        salt,
        hash.digest(hash.hmac(salted, "Client Key")),
        hash.hmac(salted, "Server Key"));
  }

  /**
   * @return empty when it is of another scheme
   * @throws IllegalArgumentException when there is nonsense in it
   */
  static Optional<ScramSecret> of(Credential credential, ScramHash hash) {
    if (credential.scheme() != hash.scheme()) {
      return Optional.empty();
    }
    String[] parts = new String(credential.decoded(), StandardCharsets.UTF_8).split(",");
    var base64 = Base64.getDecoder();
    int iterations = Integer.parseInt(parts[0]);
    if (iterations < 1) {
      throw new IllegalArgumentException("no iterations");
    }
    return Optional.of(
        new ScramSecret(
            hash,
            iterations,
            base64.decode(parts[1]),
            base64.decode(parts[2]),
            base64.decode(parts[3])));
  }

  Credential credential() {
    var base64 = Base64.getEncoder();
    return new Credential(
        hash.scheme(),
        Encoding.DEFAULT,
        String.join(
            ",",
            Integer.toString(iterations),
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey)));
  }

  boolean fits(String password) {
    String prepared = SaslText.prepare(password);
    // A tool that does not prepare it has hashed other bytes than a client sends.
    return isKeyOf(prepared) || !prepared.equals(password) && isKeyOf(password);
  }

  private boolean isKeyOf(String password) {
    byte[] salted = hash.salted(password, salt, iterations);
    return MessageDigest.isEqual(storedKey, hash.digest(hash.hmac(salted, "Client Key")));
  }

  /**
   * RFC 5802 §3.
   *
   * @return ServerSignature; empty when the proof is wrong
   */
  Optional<byte[]> verify(byte[] clientProof, String authMessage) {
    if (clientProof.length != hash.bytes()) {
      return Optional.empty();
    }
    byte[] clientKey = hash.hmac(storedKey, authMessage);
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= clientProof[i];
    }
    return MessageDigest.isEqual(storedKey, hash.digest(clientKey))
        ? Optional.of(hash.hmac(serverKey, authMessage))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "ScramSecret[" + hash + "]";
  }
}
