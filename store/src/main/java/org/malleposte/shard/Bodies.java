package org.malleposte.shard;

import org.malleposte.blob.MessageBody;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mail.QueueId;

/**
 * The bodies of an account's messages: each is stored once, however many messages share it by COPY.
 * A body with one reference has no reference count on disk, so that an append need not write one.
 */
final class Bodies {
  private static final String INLINE = "m";
  private static final String UPLOADED = "u";

  private Bodies() {}

  /** The name of a body that came with its append: its first place, which is never taken again. */
  static String inlineName(long mailboxId, long uid) {
    return INLINE + mailboxId + "." + uid;
  }

  static String uploadedName(QueueId upload) {
    return UPLOADED + upload.value();
  }

  /** Whether the body is in chunks, the last of them shorter than the others. */
  static boolean isChunked(String blob) {
    return blob.startsWith(UPLOADED);
  }

  static long chunks(String blob, long sizeBytes) {
    return isChunked(blob) ? ShardCommand.Body.chunks(sizeBytes) : 1;
  }

  static void put(Overlay keys, byte[] account, String blob, byte[] bytes) {
    if (bytes.length > MessageBody.INLINE_MAX_BYTES) {
      throw new IllegalArgumentException("not an inline body");
    }
    keys.put(ShardKeys.chunk(account, blob, 0), bytes);
  }

  /** One more message has this body. */
  static void share(Overlay keys, byte[] account, String blob) {
    byte[] key = referencesKey(account, blob);
    keys.put(key, encode(references(keys, key) + 1));
  }

  /** One message less has this body; without any it is deleted. */
  static void release(Overlay keys, byte[] account, String blob, long sizeBytes) {
    byte[] key = referencesKey(account, blob);
    long left = references(keys, key) - 1;
    if (left > 1) {
      keys.put(key, encode(left));
    } else if (left == 1) {
      keys.delete(key);
    } else {
      keys.delete(indexKey(account, blob));
      for (long number = 0; number < chunks(blob, sizeBytes); number++) {
        keys.delete(ShardKeys.chunk(account, blob, number));
      }
    }
  }

  private static long references(Overlay keys, byte[] key) {
    return keys.get(key).map(value -> new RecordReader(value).varint()).orElse(1L);
  }

  private static byte[] encode(long references) {
    return new RecordWriter(16).varint(references).toBytes();
  }

  /** Keeps beside a body what was made of its beginning. */
  static void index(Overlay keys, byte[] account, String blob, byte[] index) {
    if (index.length > 0) {
      keys.put(indexKey(account, blob), index);
    }
  }

  static byte[] indexKey(byte[] account, String blob) {
    return ShardKeys.named(ShardKeys.INDEX, account, blob);
  }

  private static byte[] referencesKey(byte[] account, String blob) {
    return ShardKeys.named(ShardKeys.REFERENCES, account, blob);
  }
}
