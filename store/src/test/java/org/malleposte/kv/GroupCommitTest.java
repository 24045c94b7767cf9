package org.malleposte.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final Queue<Runnable> disk = new ArrayDeque<>();
  private final MemoryKeyValueStore store = new MemoryKeyValueStore();
  private final GroupCommit commits =
      new GroupCommit(store, disk::add, new GroupCommit.Limits(1000, 5, 3000));

  private static WriteBatch batch(int key, int bytes) {
    return new WriteBatch().put(ByteBuffer.allocate(4).putInt(key).array(), new byte[bytes - 4]);
  }

  private void turn() {
    disk.remove().run();
  }

  @Test
  void whatGathersDuringASyncSharesTheNext() {
    var first = commits.commit(batch(0, 10));
    var others = new ArrayList<CompletableFuture<Void>>();
    turn();
    assertThat(first).isCompleted();
    for (int i = 1; i <= 5; i++) {
      others.add(commits.commit(batch(i, 10)));
    }
    assertThat(others).noneMatch(CompletableFuture::isDone);
    turn();
    assertThat(others).allMatch(CompletableFuture::isDone);
    assertThat(commits.counts()).isEqualTo(new GroupCommit.Counts(2, 6));
    assertThat(disk).isEmpty();
  }

  @Test
  void aGroupIsBoundedInWritesAndBytes() {
    for (int i = 0; i < 7; i++) {
      commits.commit(batch(i, 10));
    }
    turn();
    assertThat(commits.counts()).isEqualTo(new GroupCommit.Counts(1, 5));
    turn();
    commits.commit(batch(8, 600));
    commits.commit(batch(9, 600));
    turn();
    assertThat(commits.counts().writes()).isEqualTo(8);
    turn();
    commits.commit(batch(10, 2500));
    turn();
    assertThat(commits.counts().writes()).isEqualTo(10);
  }

  @Test
  void tooMuchThatWaitsIsRefused() {
    commits.commit(batch(1, 2000));
    assertThat(commits.commit(batch(2, 2000))).isCompletedExceptionally();
    turn();
    assertThat(commits.commit(batch(2, 2000))).isNotDone();
  }

  @Test
  void aFailingDiskFailsTheGroupAndTheNextOneIsTried() {
    var broken =
        new ForwardingStore(store) {
          private int writes;

          @Override
          public void write(WriteBatch batch, Sync sync) {
            if (writes++ == 0) {
              throw new UncheckedIOException(new IOException("broken"));
            }
            super.write(batch, sync);
          }
        };
    var onBroken = new GroupCommit(broken, disk::add, GroupCommit.Limits.DEFAULT);
    var lost = onBroken.commit(batch(1, 10));
    turn();
    assertThatThrownBy(lost::join).hasCauseInstanceOf(UncheckedIOException.class);
    var kept = onBroken.commit(batch(2, 10));
    turn();
    assertThat(kept).isCompletedWithValue(null);
  }

  @Test
  void closingWritesWhatWaits() {
    try (var thread = Executors.newSingleThreadExecutor()) {
      var real = new GroupCommit(store, thread, GroupCommit.Limits.DEFAULT);
      var all = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < 100; i++) {
        all.add(real.commit(batch(i, 10)));
      }
      real.close();
      assertThat(all).allMatch(f -> f.isDone() && !f.isCompletedExceptionally());
      assertThatThrownBy(() -> real.commit(batch(1, 10)).join())
          .hasCauseInstanceOf(RejectedExecutionException.class);
    }
  }

  /** Passes all on. */
  private static class ForwardingStore implements KeyValueStore {
    private final KeyValueStore inner;

    ForwardingStore(KeyValueStore inner) {
      this.inner = inner;
    }

    @Override
    public java.util.Optional<byte[]> get(byte[] key) {
      return inner.get(key);
    }

    @Override
    public void write(WriteBatch batch, Sync sync) {
      inner.write(batch, sync);
    }

    @Override
    public Cursor scan(byte[] from, byte[] to) {
      return inner.scan(from, to);
    }

    @Override
    public Cursor scanDown(byte[] from, byte[] to) {
      return inner.scanDown(from, to);
    }

    @Override
    public void flush() {
      inner.flush();
    }

    @Override
    public void checkpoint(java.nio.file.Path directory) {
      inner.checkpoint(directory);
    }

    @Override
    public long sizeBytes() {
      return inner.sizeBytes();
    }

    @Override
    public void close() {
      inner.close();
    }
  }
}
