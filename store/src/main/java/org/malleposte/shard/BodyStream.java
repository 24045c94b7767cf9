package org.malleposte.shard;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.malleposte.mail.AccountName;

/** The bytes of a body, one chunk in memory at a time. Blocks on disk. Not thread-safe. */
final class BodyStream extends InputStream {
  private final Shard shard;
  private final AccountName account;
  private final String blob;
  private byte[] chunk;
  private long number;
  private int at;

  /**
   * @throws IOException when there is no such body
   */
  BodyStream(Shard shard, AccountName account, String blob) throws IOException {
    this.shard = shard;
    this.account = account;
    this.blob = blob;
    chunk = load();
  }

  @Override
  public int read() throws IOException {
    return prepare() ? chunk[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!prepare()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return chunk.length - at;
  }

  /** Whether there is a byte at hand; fetches the next chunk when this one is read. */
  private boolean prepare() throws IOException {
    if (at < chunk.length) {
      return true;
    }
    // Only a short chunk is the last: a body that was expunged meanwhile must not look complete.
    if (!Bodies.isChunked(blob) || chunk.length < ShardCommand.CHUNK_BYTES) {
      return false;
    }
    number++;
    chunk = load();
    at = 0;
    return chunk.length > 0;
  }

  private byte[] load() throws IOException {
    return shard
        .chunk(account, blob, number)
        .orElseThrow(
            () -> new IOException("the message has been expunged: " + account + " " + blob));
  }
}
