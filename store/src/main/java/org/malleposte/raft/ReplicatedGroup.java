package org.malleposte.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.link.NodeName;

/** One Raft group as this node sees it. Thread-safe; never blocks. */
public interface ReplicatedGroup {
  /** An entry over this must be cut before it is proposed: it would unseat the leader. */
  int MAX_ENTRY_BYTES = 2 << 20;

  /** The answer of the state machine, and the log index at which it was given. */
  record Committed(long index, byte[] answer) {}

  /**
   * Proposes an entry at the leader, wherever it is, and waits for the state machine's answer.
   * Fails with {@link org.malleposte.link.LinkException} when there is none in time; <b>the entry
   * may then still be applied</b>. One attempt or several, the state machine must recognise repeats
   * itself.
   */
  CompletableFuture<Committed> propose(byte[] entry, Duration timeout);

  /** Ends once this node has applied {@code index}. */
  CompletableFuture<Void> applied(long index);

  /**
   * Ends with an index that was committed when this was called: a barrier for linearizable reads.
   */
  CompletableFuture<Long> readIndex(Duration timeout);

  /** The leader, as far as this node knows; empty without a majority. */
  Optional<NodeName> leader();
}
