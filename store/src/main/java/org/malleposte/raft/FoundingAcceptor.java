package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.malleposte.format.FormatVersion;
import org.malleposte.raft.FoundingState.Ballot;
import org.malleposte.raft.FoundingState.Founded;
import org.malleposte.raft.FoundingState.Open;
import org.malleposte.raft.FoundingState.Vote;

/**
 * This node's part in {@link Founding}: it promises and votes, and each change is on disk, synced,
 * before anyone hears of it. Thread-safe; blocks on disk.
 */
final class FoundingAcceptor {
  private static final String FILE = "founding";

  private final Path file;
  private final Peer.Id self;
  private FoundingState state;

  FoundingAcceptor(Path directory, Peer.Id self) {
    this.file = directory.resolve(FILE);
    this.self = self;
    try {
      state = Files.exists(file) ? FoundingText.state(Files.readString(file)) : Open.NEW;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new StoreDamagedException(file + ": " + e.getMessage());
    }
  }

  synchronized FoundingState state() {
    return state;
  }

  synchronized FoundingState promise(Ballot ballot) {
    if (state instanceof Open(_, var vote) && ((Open) state).mayPromise(ballot)) {
      save(new Open(Optional.of(ballot), vote));
    }
    return state;
  }

  synchronized FoundingState vote(Ballot ballot, FoundingRecord record) {
    if (state instanceof Open open && open.mayVote(ballot) && record.contains(self)) {
      save(new Open(Optional.of(ballot), Optional.of(new Vote(ballot, record))));
    }
    return state;
  }

  /** All founders voted for {@code record}: final, unless this node has promised otherwise. */
  synchronized FoundingState found(Ballot ballot, FoundingRecord record) {
    if (state instanceof Open(var promised, _) && promised.equals(Optional.of(ballot))) {
      save(new Founded(record));
    }
    return state;
  }

  /** Another node says that the store is founded. */
  synchronized FoundingState learn(FoundingRecord record) {
    switch (state) {
      case Open _ -> save(new Founded(record));
      case Founded _ -> {}
    }
    return state;
  }

  private void save(FoundingState next) {
    FormatVersion.writeSynced(file, FoundingText.encode(next));
    state = next;
  }
}
