package org.malleposte.shard;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;

/**
 * Brings a large body into a shard: as many chunks at a time as fit into an entry, the next when
 * those are committed. Holds no more than that in memory. The lane's thread only reads.
 */
final class BodyUpload {
  /** Chunks in memory and on their way: what fits into one entry. */
  private static final int CHUNKS_AT_ONCE = 7;

  private final Shard shard;
  private final BlockingLane lane;
  private final AccountName account;
  private final QueueId upload;
  private final InputStream in;
  private final long sizeBytes;
  private final Duration timeout;
  private long sent;
  private int number;

  /**
   * @param in stays the caller's
   * @param timeout for each step, not for all of them
   */
  BodyUpload(
      Shard shard,
      BlockingLane lane,
      AccountName account,
      QueueId upload,
      InputStream in,
      long sizeBytes,
      Duration timeout) {
    this.shard = shard;
    this.lane = lane;
    this.account = account;
    this.upload = upload;
    this.in = in;
    this.sizeBytes = sizeBytes;
    this.timeout = timeout;
  }

  /** Done when all chunks are committed. */
  CompletableFuture<StoreAnswer<ShardCommand.Body>> run() {
    return Answers.onLane(lane, this::read)
        .thenCompose(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<List<ShardCommand.BodyChunk>>(var chunks) -> send(chunks);
                  case StoreAnswer.Refused<List<ShardCommand.BodyChunk>>(var why) ->
                      CompletableFuture.completedFuture(StoreAnswer.refused(why));
                  case StoreAnswer.Unavailable<List<ShardCommand.BodyChunk>>(var detail) ->
                      CompletableFuture.completedFuture(StoreAnswer.unavailable(detail));
                });
  }

  private List<ShardCommand.BodyChunk> read() throws IOException {
    var chunks = new ArrayList<ShardCommand.BodyChunk>();
    while (chunks.size() < CHUNKS_AT_ONCE && number < ShardCommand.Body.chunks(sizeBytes)) {
      byte[] bytes = in.readNBytes(ShardCommand.CHUNK_BYTES);
      sent += bytes.length;
      chunks.add(new ShardCommand.BodyChunk(account, upload, number, bytes));
      number++;
    }
    boolean last = number == ShardCommand.Body.chunks(sizeBytes);
    if (last && (sent != sizeBytes || in.read() >= 0)) {
      throw new IOException("a body of " + sizeBytes + " bytes has another size");
    }
    return chunks;
  }

  private CompletableFuture<StoreAnswer<ShardCommand.Body>> send(
      List<ShardCommand.BodyChunk> chunks) {
    var answers = chunks.stream().map(chunk -> shard.send(chunk, timeout)).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenCompose(_ -> next(answers.stream().map(CompletableFuture::join).toList()));
  }

  private CompletableFuture<StoreAnswer<ShardCommand.Body>> next(
      List<StoreAnswer<ShardAnswer>> answers) {
    for (var answer : answers) {
      if (!(answer instanceof StoreAnswer.Done<ShardAnswer>)) {
        return CompletableFuture.completedFuture(answer.map(_ -> null));
      }
    }
    return number < ShardCommand.Body.chunks(sizeBytes)
        ? run()
        : CompletableFuture.completedFuture(
            StoreAnswer.done(new ShardCommand.Body.Uploaded(upload, sizeBytes)));
  }
}
