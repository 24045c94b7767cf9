package org.malleposte.spool;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.QueueId;

/**
 * This node's own durable queue. What a future says is done is synced, unless it says otherwise.
 *
 * <p>Thread-safe. Methods that return a future never block; futures fail only when the disk does,
 * or when too much waits for it, and end on the spool's threads: what depends on them must be
 * short.
 */
public interface Spool extends AutoCloseable {
  /** How a put ended. */
  sealed interface PutOutcome {
    record Stored() implements PutOutcome {}

    /** An entry of this id is here, or was finished here lately: nothing was changed. */
    record AlreadyKnown() implements PutOutcome {}

    /** There is no room for it: {@code 452 4.3.1}. */
    record Full(String why) implements PutOutcome {}
  }

  /**
   * @param oldest empty when the spool is
   */
  record Depth(int entries, long bytes, Optional<Instant> oldest) {}

  /** Names the disk: 32 hexadecimal digits, another one when the disk was replaced. */
  String id();

  /**
   * Counts the times this spool was opened, or was cut off from others for long. Whoever holds
   * copies of it claims them up to an incarnation; entries of a later one are not meant.
   */
  long incarnation();

  /** Goes to the next incarnation. */
  CompletableFuture<Long> nextIncarnation();

  /** A number for the next entry: higher than all before, also before a restart. */
  long nextStamp();

  /** Whether a mail of that size would find room now. */
  Optional<String> refuses(long sizeBytes);

  /**
   * Takes an entry with its body, once: see {@link PutOutcome.AlreadyKnown}.
   *
   * @param body stays the caller's, open until the future ends
   */
  CompletableFuture<PutOutcome> put(SpoolRecord record, MessageBody body, DiskSpace.Room room);

  /**
   * Changes an entry. Changes of one entry happen one after the other.
   *
   * @param change called on a thread of the spool; must be quick
   * @return the entry as it is now; empty when there is none any more
   */
  CompletableFuture<Optional<SpoolRecord>> update(QueueId id, UnaryOperator<SpoolRecord> change);

  /**
   * Removes entries that are done for good, and notes for each of their holders the news of it, in
   * one. Those that may come again are remembered.
   */
  CompletableFuture<Void> finish(Collection<QueueId> ids);

  /**
   * Removes entries that were handed over, or withdrawn, and notes for each of their holders the
   * news of it, in one. They may come back, and are not remembered.
   *
   * @param ids those that are not here have news for {@code alsoTell} only
   * @param alsoTell further holders that may have copies of them
   */
  CompletableFuture<Void> release(Collection<QueueId> ids, Collection<Holder> alsoTell);

  /**
   * Removes entries that another node has adopted from their copies: there is no news to tell.
   *
   * @param upTo entries of a later incarnation stay
   */
  CompletableFuture<Void> drop(Collection<QueueId> ids, long upTo);

  boolean contains(QueueId id);

  /** Whether an entry of this id is here, or was finished here lately. Blocks. */
  boolean knows(QueueId id);

  /** Blocks. */
  Optional<SpoolRecord> read(QueueId id);

  /** The body of an entry. Blocks. A large one is read as its stream is. */
  MessageBody body(QueueId id);

  /** Entries after {@code after}, oldest first. Blocks. */
  List<SpoolRecord> list(Optional<QueueId> after, int limit);

  Optional<Brief> brief(QueueId id);

  /** Ids and briefs after {@code after}, oldest first, without touching the disk. */
  List<Map.Entry<QueueId, Brief>> briefs(Optional<QueueId> after, int limit);

  Depth depth();

  /** The lists of holders that entries have: few. */
  Set<List<Holder>> holderLists();

  /** Spool ids of holders for whom there is news of done entries. */
  Set<String> holdersWithNews();

  /** News for a holder, oldest first. Blocks. */
  List<News> news(String holderSpoolId, int limit);

  /** The holder knows; may be forgotten in a crash, then it is told again. */
  CompletableFuture<Void> newsTold(String holderSpoolId, List<News> told);

  /** Calls {@code listener} with the holder's spool id after news was added; must not block. */
  void onNews(Consumer<String> listener);

  /** Forgets finished ids and untold news of mails accepted before {@code before}. */
  CompletableFuture<Void> forget(Instant before);

  @Override
  void close();
}
