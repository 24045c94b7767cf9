package org.malleposte.imap;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Stands for a text that need not be kept. Two texts with one hash do not occur by chance (2^-24
 * among a million), and who makes them on purpose only puts his mails into one thread.
 */
final class TextHash {
  private TextHash() {}

  /** Never 0. */
  static long of(byte[] text) {
    try {
      long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text)).getLong();
      return hash == 0 ? 1 : hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
