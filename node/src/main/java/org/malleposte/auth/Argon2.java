package org.malleposte.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * One encoded Argon2 hash (RFC 9106). Bouncy Castle's, because password4j keeps the memory of its
 * largest check for ever in a static table.
 */
record Argon2(int type, int kib, int passes, int lanes, byte[] salt, byte[] hash) {
  // The memory of one check is all that may be taken at once.
  private static final Semaphore MEMORY = new Semaphore(1);
  private static final Pattern SHAPE =
      Pattern.compile("\\$argon2(id?)\\$v=19\\$m=(\\d+),t=(\\d+),p=(\\d+)\\$([^$]+)\\$([^$]+)");

  /**
   * @throws IllegalArgumentException when it is none
   */
  static Argon2 parse(String encoded) {
    var matcher = SHAPE.matcher(encoded);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no Argon2 hash");
    }
    return new Argon2(
        matcher.group(1).equals("id") ? Argon2Parameters.ARGON2_id : Argon2Parameters.ARGON2_i,
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        Integer.parseInt(matcher.group(4)),
        Base64.getDecoder().decode(matcher.group(5)),
        Base64.getDecoder().decode(matcher.group(6)));
  }

  boolean verify(byte[] password) {
    var parameters =
        new Argon2Parameters.Builder(type)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(kib)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build();
    byte[] computed = new byte[hash.length];
    MEMORY.acquireUninterruptibly();
    try {
      var generator = new Argon2BytesGenerator();
      generator.init(parameters);
      generator.generateBytes(password, computed);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(e); // parameters out of range
    } finally {
      MEMORY.release();
    }
    return MessageDigest.isEqual(computed, hash);
  }
}
