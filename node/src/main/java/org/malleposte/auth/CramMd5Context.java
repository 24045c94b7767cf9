package org.malleposte.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.MD5Digest;

/**
 * Dovecot's {CRAM-MD5}: what HMAC-MD5 (RFC 2104) has computed when it has taken the password and
 * nothing else. With it the answer to any challenge can be checked; it is as good as the password
 * for CRAM-MD5, and for nothing else.
 *
 * @param outer state of MD5, 16 bytes in MD5's own order
 * @param inner likewise
 */
record CramMd5Context(byte[] outer, byte[] inner) {
  private static final int BLOCK_BYTES = 64;
  private static final int STATE_BYTES = 16;

  /** Where Bouncy Castle's encoded state has the four words of MD5's. */
  private static final int STATE_OFFSET = 16;

  static CramMd5Context of(byte[] password) {
    byte[] key = password.length > BLOCK_BYTES ? Digests.digest("MD5", password) : password;
    return new CramMd5Context(state(padded(key, 0x5c)), state(padded(key, 0x36)));
  }

  /**
   * @param hex 64 digits, the outer state first
   */
  static CramMd5Context parse(String hex) {
    byte[] both = HexFormat.of().parseHex(hex);
    return new CramMd5Context(
        Arrays.copyOf(both, STATE_BYTES), Arrays.copyOfRange(both, STATE_BYTES, both.length));
  }

  /** HMAC-MD5 of the challenge. */
  byte[] answer(byte[] challenge) {
    return finish(outer, finish(inner, challenge));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CramMd5Context(byte[] otherOuter, byte[] otherInner)
        && MessageDigest.isEqual(outer, otherOuter)
        && MessageDigest.isEqual(inner, otherInner);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(outer);
  }

  @Override
  public String toString() {
    return "CramMd5Context";
  }

  private static byte[] padded(byte[] key, int pad) {
    byte[] block = Arrays.copyOf(key, BLOCK_BYTES);
    for (int i = 0; i < block.length; i++) {
      block[i] ^= (byte) pad;
    }
    return block;
  }

  // The JDK's MD5 neither shows its state nor takes one.
  private static byte[] encodedAfter(byte[] block) {
    var digest = new MD5Digest();
    digest.update(block, 0, block.length);
    return digest.getEncodedState();
  }

  private static byte[] state(byte[] block) {
    return swapped(
        Arrays.copyOfRange(encodedAfter(block), STATE_OFFSET, STATE_OFFSET + STATE_BYTES));
  }

  private static byte[] finish(byte[] state, byte[] data) {
    byte[] encoded = encodedAfter(new byte[BLOCK_BYTES]);
    System.arraycopy(swapped(state), 0, encoded, STATE_OFFSET, STATE_BYTES);
    var digest = new MD5Digest(encoded);
    digest.update(data, 0, data.length);
    byte[] result = new byte[STATE_BYTES];
    digest.doFinal(result, 0);
    return result;
  }

  /** Bouncy Castle writes words with their high byte first, MD5 with their low one. */
  private static byte[] swapped(byte[] words) {
    byte[] swapped = new byte[words.length];
    for (int i = 0; i < words.length; i++) {
      swapped[i] = words[i ^ 3];
    }
    return swapped;
  }
}
