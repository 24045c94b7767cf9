package org.malleposte.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.mail.QueueId;

/**
 * Remembers what was answered to (account, queue id, part) for {@link #MEMORY} of the log's time,
 * however the repeat comes: another node, another leader, a restart. One expiry key an entry, not
 * one a mail. Belongs to the applying thread.
 */
final class Repeats {
  /** How long an answer is remembered, at least. */
  static final Duration MEMORY = Duration.ofDays(30);

  /** Entries whose memory is dropped in one: more than the one that it may add. */
  private static final int DUE_PER_ENTRY = 2;

  private static final int MAX_KEY_BYTES = 1024;

  private final DueQueue queue = new DueQueue(ShardKeys.REPEATS_BY_TIME);
  private final List<byte[]> fresh = new ArrayList<>();

  void forget() {
    queue.forget();
    fresh.clear();
  }

  static Optional<ShardAnswer> find(Overlay keys, OpenAccount account, QueueId id, int part) {
    return keys.get(ShardKeys.repeat(account.key(), id, part)).map(AnswerCodec::decode);
  }

  void remember(Overlay keys, OpenAccount account, QueueId id, int part, ShardAnswer answer) {
    byte[] key = ShardKeys.repeat(account.key(), id, part);
    keys.put(key, AnswerCodec.encode(answer));
    fresh.add(key);
  }

  /** Drops what is due. Call it before the commands: it looks at what is written. */
  void collect(KeyValueStore store, EntryChanges changes) {
    long before = changes.timeMillis() - MEMORY.toMillis();
    for (int i = 0; i < DUE_PER_ENTRY; i++) {
      var due = queue.first(store, before);
      if (due.isEmpty()) {
        return;
      }
      var in = new RecordReader(due.get().value());
      while (in.remaining() > 0) {
        changes.keys().delete(in.bytes(MAX_KEY_BYTES));
      }
      changes.keys().delete(due.get().key());
      queue.passed(due.get());
    }
  }

  /** Notes when the answers of this entry are due. */
  void flush(EntryChanges changes) {
    if (fresh.isEmpty()) {
      return;
    }
    var out = new RecordWriter(48 * fresh.size());
    fresh.forEach(out::bytes);
    byte[] index = new RecordWriter(16).fixed64(changes.index()).toBytes();
    queue.add(changes.keys(), changes.timeMillis(), index, out.toBytes());
    fresh.clear();
  }
}
