package org.malleposte.auth;

import org.malleposte.account.PasswordScheme;

/** The hash functions of SCRAM: RFC 5802, RFC 7677. */
public enum ScramHash {
  SHA_1("SHA-1", "HmacSHA1", 20, PasswordScheme.SCRAM_SHA_1),
  SHA_256("SHA-256", "HmacSHA256", 32, PasswordScheme.SCRAM_SHA_256);

  private final String digest;
  private final String hmac;
  private final int bytes;
  private final PasswordScheme scheme;

  ScramHash(String digest, String hmac, int bytes, PasswordScheme scheme) {
    this.digest = digest;
    this.hmac = hmac;
    this.bytes = bytes;
    this.scheme = scheme;
  }

  /** How keys for it are stored. */
  PasswordScheme scheme() {
    return scheme;
  }

  int bytes() {
    return bytes;
  }

  byte[] digest(byte[] data) {
    return Digests.digest(digest, data);
  }

  byte[] hmac(byte[] key, String data) {
    return Digests.hmac(hmac, key, data);
  }

  byte[] salted(String password, byte[] salt, int iterations) {
    return Digests.pbkdf2(hmac, password, salt, iterations, bytes);
  }
}
