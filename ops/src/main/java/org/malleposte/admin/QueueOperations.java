package org.malleposte.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.SpoolEntry;

/** What an operator does with the queue of this node. Thread-safe; never blocks. */
public interface QueueOperations {
  /** A listing is cut here; the next begins after its last id. */
  int MAX_LISTED = 1000;

  /**
   * @param entries by age, oldest first
   * @param total in the whole spool
   */
  record Listing(List<SpoolEntry> entries, long total) {
    public Listing {
      entries = List.copyOf(entries);
    }
  }

  /**
   * @param header the mail's header section, at most 64 KiB of it
   */
  record Shown(SpoolEntry entry, String header) {}

  /**
   * @param after the last id of the listing before; empty: from the oldest
   * @param limit 1 to {@link #MAX_LISTED}
   */
  CompletableFuture<Listing> list(Optional<QueueId> after, int limit);

  CompletableFuture<AdminAnswer<Shown>> show(QueueId id);

  /** Tries all that is not held now; done with how many will be. */
  CompletableFuture<AdminAnswer<Long>> flush();

  CompletableFuture<AdminAnswer<String>> flush(QueueId id);

  /** Neither attempted nor expired until released. */
  CompletableFuture<AdminAnswer<String>> hold(QueueId id);

  CompletableFuture<AdminAnswer<String>> release(QueueId id);

  /** Without telling the sender. */
  CompletableFuture<AdminAnswer<String>> delete(QueueId id);

  /**
   * Takes over the copies held for a node that is gone, without waiting for {@code adopt-after}.
   */
  CompletableFuture<AdminAnswer<Long>> adopt(NodeName owner);
}
