package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.mail.QueueId;

/**
 * Large bodies on their way in. An upload is open until an append takes it; what is still open a
 * day of log time after its first chunk is deleted. A taken one is remembered for that day, so that
 * a chunk that comes late does not open it again. Belongs to the applying thread.
 */
final class Uploads {
  /** How long an upload may wait for its append. */
  static final Duration MEMORY = Duration.ofDays(1);

  /** Chunks that one entry deletes. */
  private static final int CHUNKS_PER_ENTRY = 64;

  private static final int OPEN = 0;
  private static final int TAKEN = 1;

  private final DueQueue queue = new DueQueue(ShardKeys.UPLOADS_BY_TIME);

  void forget() {
    queue.forget();
  }

  /** What has come of an upload. */
  private record Upload(int state, long sizeBytes, BitSet chunks) {
    static Upload decode(byte[] value) {
      var in = new RecordReader(value);
      return new Upload(
          in.u8(), in.varint(), BitSet.valueOf(in.bytes(ShardCommand.MAX_CHUNKS / 8)));
    }

    byte[] encode() {
      return new RecordWriter(64).u8(state).varint(sizeBytes).bytes(chunks.toByteArray()).toBytes();
    }

    boolean has(long size) {
      long expected = ShardCommand.Body.chunks(size);
      return sizeBytes == size && chunks.cardinality() == expected && chunks.length() == expected;
    }
  }

  void chunk(EntryChanges changes, OpenAccount account, ShardCommand.BodyChunk chunk) {
    byte[] key = key(account, chunk.upload());
    var present = changes.keys().get(key).map(Upload::decode);
    if (present.isEmpty()) {
      byte[] name = new RecordWriter().raw(account.key()).raw(bytes(chunk.upload())).toBytes();
      queue.add(changes.keys(), changes.timeMillis(), name, new byte[0]);
    }
    var upload = present.orElseGet(() -> new Upload(OPEN, 0, new BitSet()));
    if (upload.state() == TAKEN || upload.chunks().get(chunk.number())) {
      return;
    }
    upload.chunks().set(chunk.number());
    long size = upload.sizeBytes() + chunk.bytes().length;
    changes.keys().put(key, new Upload(OPEN, size, upload.chunks()).encode());
    String blob = Bodies.uploadedName(chunk.upload());
    changes.keys().put(ShardKeys.chunk(account.key(), blob, chunk.number()), chunk.bytes());
  }

  /**
   * Gives the upload to an append.
   *
   * @return the name of the body; empty when not all of it is there
   */
  Optional<String> take(Overlay keys, OpenAccount account, ShardCommand.Body.Uploaded body) {
    byte[] key = key(account, body.upload());
    var upload = keys.get(key).map(Upload::decode).filter(u -> u.state() == OPEN);
    if (upload.isEmpty() || !upload.get().has(body.sizeBytes())) {
      return Optional.empty();
    }
    keys.put(key, new Upload(TAKEN, body.sizeBytes(), new BitSet()).encode());
    return Optional.of(Bodies.uploadedName(body.upload()));
  }

  /** Deletes what nobody took. Call it before the commands: it looks at what is written. */
  void collect(KeyValueStore store, EntryChanges changes) {
    var due = queue.first(store, changes.timeMillis() - MEMORY.toMillis());
    if (due.isEmpty()) {
      return;
    }
    byte[] name = Arrays.copyOfRange(due.get().key(), 1 + Long.BYTES, due.get().key().length);
    byte[] key = ShardKeys.ofAccount(ShardKeys.UPLOAD, name);
    var upload = changes.keys().get(key).map(Upload::decode);
    if (upload.isPresent() && upload.get().state() == OPEN && !upload.get().chunks().isEmpty()) {
      changes.keys().put(key, drop(changes.keys(), name, upload.get()).encode());
      return;
    }
    changes.keys().delete(key);
    changes.keys().delete(due.get().key());
    queue.passed(due.get());
  }

  private static Upload drop(Overlay keys, byte[] name, Upload upload) {
    byte[] account = Arrays.copyOf(name, name.length - QueueId.LENGTH);
    byte[] id = Arrays.copyOfRange(name, name.length - QueueId.LENGTH, name.length);
    String blob = Bodies.uploadedName(new QueueId(new String(id, StandardCharsets.US_ASCII)));
    var left = (BitSet) upload.chunks().clone();
    for (int i = 0; i < CHUNKS_PER_ENTRY && !left.isEmpty(); i++) {
      int number = left.nextSetBit(0);
      keys.delete(ShardKeys.chunk(account, blob, number));
      left.clear(number);
    }
    return new Upload(OPEN, upload.sizeBytes(), left);
  }

  private static byte[] key(OpenAccount account, QueueId upload) {
    return ShardKeys.named(ShardKeys.UPLOAD, account.key(), upload.value());
  }

  private static byte[] bytes(QueueId upload) {
    return upload.value().getBytes(StandardCharsets.US_ASCII);
  }
}
