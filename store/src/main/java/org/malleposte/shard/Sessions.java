package org.malleposte.shard;

import java.time.Duration;
import java.util.Optional;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;
import org.malleposte.shard.ShardCommand.Entry;

/**
 * Recognises an entry that a committer proposed twice, because it had lost the answer, and answers
 * it as the first time. Every command is thereby applied once by one committer, also those without
 * a queue id. Keeps the last {@link Entry#WINDOW} answers of each committer, in slots that are
 * written over. Belongs to the applying thread.
 */
final class Sessions {
  /** A committer that has proposed nothing for so long is taken for gone. */
  static final Duration MEMORY = Duration.ofDays(1);

  /** Sessions dropped when a new one comes. */
  private static final int DUE_PER_SESSION = 16;

  private Sessions() {}

  /** What a slot knows. */
  private record Slot(long sequence, byte[] answer) {
    static Slot decode(byte[] value) {
      var in = new RecordReader(value);
      return new Slot(in.varint(), in.rest());
    }
  }

  /** The answer if the entry is a repeat; empty if it is to be applied. */
  static Optional<byte[]> find(Overlay keys, Entry entry) {
    return keys.get(slot(entry))
        .map(Slot::decode)
        .filter(slot -> slot.sequence() >= entry.sequence())
        .map(
            slot ->
                slot.sequence() == entry.sequence()
                    ? slot.answer()
                    : AnswerCodec.encode(new ShardAnswer.OfEntry.Outdated()));
  }

  static void remember(KeyValueStore store, EntryChanges changes, Entry entry, byte[] answer) {
    var value = new RecordWriter(10 + answer.length).varint(entry.sequence()).raw(answer);
    boolean firstInSlot = changes.keys().get(slot(entry)).isEmpty();
    changes.keys().put(slot(entry), value.toBytes());
    // Once in a window is often enough to tell the living from the gone.
    if (firstInSlot || entry.sequence() % Entry.WINDOW == 0) {
      note(store, changes, ShardKeys.session(entry.session()));
    }
  }

  private static void note(KeyValueStore store, EntryChanges changes, byte[] session) {
    if (changes.keys().get(session).isEmpty()) {
      collect(store, changes);
    }
    changes.keys().put(session, new RecordWriter(10).varint(changes.timeMillis()).toBytes());
  }

  private static void collect(KeyValueStore store, EntryChanges changes) {
    byte[] family = ShardKeys.family(ShardKeys.SESSION);
    int dropped = 0;
    try (var cursor = store.scan(family, Keys.after(family))) {
      while (dropped < DUE_PER_SESSION && cursor.next()) {
        long last = new RecordReader(cursor.value()).varint();
        if (last < changes.timeMillis() - MEMORY.toMillis()) {
          drop(changes.keys(), cursor.key());
          dropped++;
        }
      }
    }
  }

  private static void drop(Overlay keys, byte[] sessionKey) {
    byte[] session = new byte[Entry.SESSION_BYTES];
    System.arraycopy(sessionKey, 1, session, 0, session.length);
    for (int slot = 0; slot < Entry.WINDOW; slot++) {
      keys.delete(ShardKeys.slot(session, slot));
    }
    keys.delete(sessionKey);
  }

  private static byte[] slot(Entry entry) {
    return ShardKeys.slot(entry.session(), (int) (entry.sequence() % Entry.WINDOW));
  }
}
