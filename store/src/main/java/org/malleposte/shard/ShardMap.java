package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.malleposte.format.RecordReader;
import org.malleposte.mail.AccountName;

/**
 * Which group holds an account: the first eight bytes of the SHA-256 of its name in UTF-8, as an
 * unsigned number, modulo the number of shards, plus one. Group 0 is the directory. Fixed when the
 * cluster is founded: another number of shards would look for every mailbox elsewhere.
 *
 * @param shards 1 to {@link #MAX_SHARDS}
 */
public record ShardMap(int shards) {
  public static final int DIRECTORY_GROUP = 0;

  /** Each costs a log, its syncs and its threads. */
  public static final int MAX_SHARDS = 64;

  public ShardMap {
    if (shards < 1 || shards > MAX_SHARDS) {
      throw new IllegalArgumentException("store.shards must be 1 to " + MAX_SHARDS);
    }
  }

  /** From 1 to {@link #shards}. */
  public int groupOf(AccountName account) {
    long hash = new RecordReader(sha256(account.value())).fixed64();
    return 1 + (int) Long.remainderUnsigned(hash, shards);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
