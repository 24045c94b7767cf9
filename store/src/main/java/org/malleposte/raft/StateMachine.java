package org.malleposte.raft;

import java.nio.file.Path;

/**
 * What a Raft group replicates. Called from one thread at a time. Deterministic: the same entries
 * give the same state and the same answers on every node, whatever its clock.
 *
 * <p>It keeps its state on disk and knows the last index that the state contains. After a crash
 * that index may be behind what was applied, and entries are applied again from there; it is never
 * torn.
 */
public interface StateMachine extends AutoCloseable {
  /** The index and term of the last entry that the state on disk contains; -1 for none. */
  Position position();

  record Position(long term, long index) {
    public static final Position NONE = new Position(-1, -1);
  }

  /**
   * Applies one entry. An entry that was applied before (its index is not above {@link
   * #position()}) does nothing and gives an empty answer.
   */
  byte[] apply(long term, long index, byte[] entry);

  /** Notes that the log went on without an entry for us (configuration, metadata). */
  void skip(long term, long index);

  /** Makes all that was applied durable, and writes a copy of it into {@code directory}. */
  Position snapshot(Path directory);

  /** Replaces the whole state by a copy that another node's {@link #snapshot} wrote. */
  void restore(Path directory);

  @Override
  void close();
}
