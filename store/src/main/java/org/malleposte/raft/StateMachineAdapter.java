package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Ratis drive our {@link StateMachine}.
 *
 * <p>Three positions, each not above the next: the latest snapshot, from which Ratis applies after
 * a start; what the state on disk contains; what is committed. Entries between the first two are
 * passed over. Their answers are gone, so a repeat of a proposal that finds one in Ratis's retry
 * cache must not be answered with it: every answer begins with a byte that says whether it is one.
 *
 * <p>A state machine that throws has lost the way all replicas go together: the group ends on this
 * node. Serving on would serve something else than the others.
 */
final class StateMachineAdapter extends BaseStateMachine {
  static final byte ANSWER_GONE = 0;
  static final byte ANSWER = 1;
  private static final Logger LOG = LoggerFactory.getLogger(StateMachineAdapter.class);
  private static final Message GONE = message(new byte[] {ANSWER_GONE});

  /** When a snapshot is due. */
  record SnapshotLimits(long entries, long bytes) {}

  /** What the adapter tells its group. Called on the applying thread; must not block. */
  interface Events {
    void snapshotDue();

    void failed(String what, Throwable cause);

    void votedOut();
  }

  /** Makes the state machine; called once, when Ratis starts the group. */
  interface Opener {
    StateMachine open();
  }

  private final Opener opener;
  private final SnapshotDirectory snapshots;
  private final SnapshotLimits limits;
  private final AppliedIndex applied;
  private final Events events;
  private StateMachine machine;
  private long contained = -1;
  private long entriesSince;
  private long bytesSince;

  StateMachineAdapter(
      Opener opener,
      SnapshotDirectory snapshots,
      SnapshotLimits limits,
      AppliedIndex applied,
      Events events) {
    this.opener = opener;
    this.snapshots = snapshots;
    this.limits = limits;
    this.applied = applied;
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    getLifeCycle()
        .startAndTransition(
            () -> {
              super.initialize(server, group, storage);
              snapshots.init(storage);
              open();
            },
            IOException.class);
  }

  private void open() throws IOException {
    machine = opener.open();
    try {
      contained = machine.position().index();
      load();
    } catch (RuntimeException | IOException | Error e) {
      machine.close();
      throw e;
    }
  }

  /** Begins with the latest snapshot, or with a newer state that is here already. */
  private void load() throws IOException {
    var latest = snapshots.latest();
    if (latest.isPresent() && latest.get().getIndex() > contained) {
      snapshots.verify(latest.get());
      machine.restore(latest.get().directory());
      contained = machine.position().index();
      if (contained != latest.get().getIndex()) {
        throw new IOException("restored " + latest.get() + " but it contains " + contained);
      }
    }
    if (latest.isEmpty() && contained >= 0) {
      // Ratis would begin at an entry that the log no longer has.
      snapshots.write(machine);
      latest = snapshots.latest();
    }
    setLastAppliedTermIndex(
        latest.map(SnapshotDirectory.Stored::getTermIndex).orElse(TermIndex.INITIAL_VALUE));
    applied.advance(contained);
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    long index = entry.getIndex();
    ByteString data = entry.getStateMachineLogEntry().getLogData();
    Message answer = index > contained ? apply(entry.getTerm(), index, data) : GONE;
    bytesSince += data.size();
    advance(entry.getTerm(), index);
    return CompletableFuture.completedFuture(answer);
  }

  private Message apply(long term, long index, ByteString data) {
    byte[] answer;
    try {
      answer = machine.apply(term, index, data.toByteArray());
    } catch (RuntimeException | Error e) {
      events.failed("the state machine failed at " + index, e);
      throw e;
    }
    byte[] marked = new byte[answer.length + 1];
    marked[0] = ANSWER;
    System.arraycopy(answer, 0, marked, 1, answer.length);
    return message(marked);
  }

  /** An entry of Ratis's own. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    if (index > contained) {
      machine.skip(term, index);
    }
    advance(term, index);
  }

  private void advance(long term, long index) {
    updateLastAppliedTermIndex(term, index);
    contained = Math.max(contained, index);
    applied.advance(index);
    entriesSince++;
    boolean due = entriesSince >= limits.entries() || bytesSince >= limits.bytes();
    if (due && index == contained) {
      entriesSince = 0;
      bytesSince = 0;
      events.snapshotDue();
    }
  }

  /**
   * @return up to where the log may be cut: the snapshot before this one, so that a node that was
   *     away for a while is served from the log
   */
  @Override
  public long takeSnapshot() throws IOException {
    if (getLastAppliedTermIndex().getIndex() < contained) {
      // Still passing over what the state contains; Ratis is confused by snapshots ahead of it.
      return RaftLog.INVALID_LOG_INDEX;
    }
    try {
      snapshots.write(machine);
    } catch (UncheckedIOException e) {
      throw new IOException("snapshot of " + getGroupId(), e);
    } catch (RuntimeException | Error e) {
      events.failed("the state machine failed to take a snapshot", e);
      throw e;
    }
    return snapshots
        .previous()
        .map(SnapshotDirectory.Stored::getIndex)
        .orElse(RaftLog.INVALID_LOG_INDEX);
  }

  /** Another node's snapshot has arrived, and takes the place of ours next. */
  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.RUNNING) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
    keepUpWithTransfer();
  }

  /** Called every second or so. Blocks on disk. */
  void keepUpWithTransfer() {
    try {
      snapshots.keepUpWithTransfer();
    } catch (IOException | UncheckedIOException e) {
      // Most likely it has just been put in place.
      LOG.info("transfer to {}: {}", getGroupId(), e.toString());
    }
  }

  /** Another node's snapshot is here, whole. */
  @Override
  public void reinitialize() throws IOException {
    snapshots.reload();
    try {
      load();
    } catch (RuntimeException | IOException | Error e) {
      events.failed("cannot restore a snapshot", e);
      throw e;
    }
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  /** A read at the leader's read index: answers how far this node has applied, at least that. */
  @Override
  public CompletableFuture<Message> query(Message request) {
    long index = getLastAppliedTermIndex().getIndex();
    return CompletableFuture.completedFuture(
        message(ByteBuffer.allocate(Long.BYTES).putLong(index).array()));
  }

  /** The disk refused the log. What it holds now is unknown, so it must not be voted with. */
  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    events.failed("the log failed", cause);
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allGroups) {
    if (!allGroups) {
      events.votedOut();
    }
  }

  @Override
  public void close() {
    getLifeCycle().checkStateAndClose(this::closeMachine);
  }

  private void closeMachine() {
    if (machine != null) {
      machine.close();
    }
  }

  private static Message message(byte[] bytes) {
    return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
  }
}
