package org.malleposte.spool;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.malleposte.kv.Keys;
import org.malleposte.mail.QueueId;

/** The keys of a spool; {@code node/docs/ondisk.md} tables them. Bodies have their own. */
final class SpoolKeys {
  static final byte[] ENTRIES = {'e'};
  static final byte[] NEWS = {'d'};
  static final byte[] FINISHED = {'t'};
  static final byte[] INCARNATION = ascii("mincarnation");

  private SpoolKeys() {}

  static byte[] name(QueueId id) {
    return ascii(id.value());
  }

  static byte[] entry(QueueId id) {
    return ascii("e" + id.value());
  }

  static byte[] entry(byte[] name) {
    byte[] key = new byte[1 + name.length];
    key[0] = ENTRIES[0];
    System.arraycopy(name, 0, key, 1, name.length);
    return key;
  }

  static byte[] finished(QueueId id) {
    return ascii("t" + id.value());
  }

  static byte[] news(String holderSpoolId, QueueId id) {
    return ascii("d" + holderSpoolId + id.value());
  }

  static byte[] newsOf(String holderSpoolId) {
    return ascii("d" + holderSpoolId);
  }

  /** Above all keys of mails accepted before {@code time}, below all others of {@code prefix}. */
  static byte[] before(byte[] prefix, Instant time) {
    byte[] id = ascii(QueueId.create(time, () -> 0).value());
    byte[] key = Arrays.copyOf(prefix, prefix.length + id.length);
    System.arraycopy(id, 0, key, prefix.length, id.length);
    return key;
  }

  static byte[] end(byte[] prefix) {
    return Keys.after(prefix);
  }

  /** The queue id at the end of any of these keys. */
  static QueueId id(byte[] key) {
    return new QueueId(
        new String(key, key.length - QueueId.LENGTH, QueueId.LENGTH, StandardCharsets.ISO_8859_1));
  }

  static String newsHolder(byte[] key) {
    return new String(key, 1, SpoolId.LENGTH, StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
