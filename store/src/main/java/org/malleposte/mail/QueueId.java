package org.malleposte.mail;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The name of a mail for its whole life: unique in all clusters for ever, sortable by time, kept
 * through every hand-over. Nothing in it assumes one cluster: 48 bits of milliseconds since 1970
 * and 80 bits of chance (the layout of a ULID), in Crockford's base 32, 26 upper case characters.
 */
public record QueueId(String value) implements Comparable<QueueId> {
  public static final int LENGTH = 26;
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  public QueueId {
    if (value.length() != LENGTH || value.chars().anyMatch(c -> ALPHABET.indexOf(c) < 0)) {
      throw new IllegalArgumentException("not a queue id: " + value);
    }
  }

  /**
   * @param random must not repeat itself after a restart: seed it from the system's entropy
   */
  public static QueueId create(Instant now, RandomGenerator random) {
    var text = new char[LENGTH];
    time(now, text);
    for (int half = 0; half < 2; half++) {
      long bits = random.nextLong();
      for (int i = 0; i < 8; i++) {
        text[10 + half * 8 + i] = ALPHABET.charAt((int) (bits & 31));
        bits >>>= 5;
      }
    }
    return new QueueId(new String(text));
  }

  /**
   * Another id that follows from this one, of the same time: whoever asks again for the same
   * purpose gets the same.
   */
  public QueueId derive(String purpose) {
    return derive(time(), purpose);
  }

  /** The same, of another time. */
  public QueueId derive(Instant time, String purpose) {
    byte[] bits = sha256(value + " " + purpose);
    var text = new char[LENGTH];
    time(time, text);
    for (int i = 0; i < 16; i++) {
      text[10 + i] = ALPHABET.charAt(bits[i] & 31);
    }
    return new QueueId(new String(text));
  }

  private static void time(Instant time, char[] text) {
    long millis = time.toEpochMilli();
    for (int i = 9; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (millis & 31));
      millis >>>= 5;
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** When the mail was accepted, to the millisecond. */
  public Instant time() {
    long millis = 0;
    for (int i = 0; i < 10; i++) {
      millis = millis << 5 | ALPHABET.indexOf(value.charAt(i));
    }
    return Instant.ofEpochMilli(millis);
  }

  @Override
  public int compareTo(QueueId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
