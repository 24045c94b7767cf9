package org.malleposte.shard;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.raft.StateMachine.Position;

/** SHA-256 over keys and values, each with its length before it. */
final class RangeDigest {
  private RangeDigest() {}

  static ShardState.Digest of(Position position, KeyValueStore.Cursor cursor) {
    var sha256 = sha256();
    long keys = 0;
    while (cursor.next()) {
      add(sha256, cursor.key());
      add(sha256, cursor.value());
      keys++;
    }
    return new ShardState.Digest(position, keys, sha256.digest());
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(new RecordWriter(16).fixed32(bytes.length).toBytes());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
