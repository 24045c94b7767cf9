package org.malleposte.shard;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.raft.ReplicatedGroup;

/** One group as the store of mailboxes and the directory see it: writes, reads and watches. */
record Shard(int number, ReplicatedGroup group, ShardCommitter committer, ShardStates states) {

  CompletableFuture<StoreAnswer<ShardAnswer>> write(ShardCommand command, Duration timeout) {
    return committer.submit(command, ShardCommitter.Until.APPLIED_HERE, timeout);
  }

  /** Without waiting for this node's replica: for what nobody reads yet. */
  CompletableFuture<StoreAnswer<ShardAnswer>> send(ShardCommand command, Duration timeout) {
    return committer.submit(command, ShardCommitter.Until.COMMITTED, timeout);
  }

  /** Whether this node has a replica to read; writes may go to the others before. */
  boolean isOpen() {
    return states.isOpen(number);
  }

  /** Blocks on disk. */
  <T> T read(Function<ShardReader, T> reading) {
    return states.read(number, reading);
  }

  /** Empty when the body is not there. Blocks on disk. */
  Optional<byte[]> chunk(org.malleposte.mail.AccountName account, String blob, long number) {
    return read(reader -> reader.chunk(account, blob, number));
  }

  ShardWatches watches() {
    return states.watches(number);
  }
}
