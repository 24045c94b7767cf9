package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.shard.ShardAnswer.Accepted;
import org.malleposte.shard.ShardCommand.DirectoryDelete;
import org.malleposte.shard.ShardCommand.DirectoryPut;

/** Applies commands of the directory. A value on disk is its version, then its bytes. */
final class DirectoryCommands {
  private DirectoryCommands() {}

  static Directory.Entry decode(byte[] value) {
    var in = new RecordReader(value);
    long version = in.varint();
    return new Directory.Entry(in.rest(), version);
  }

  static ShardAnswer put(EntryChanges changes, DirectoryPut command) {
    byte[] key = ShardKeys.directory(command.key());
    long version =
        changes.keys().get(key).map(value -> new RecordReader(value).varint()).orElse(0L);
    if (command.expectedVersion().orElse(version) != version) {
      return new ShardAnswer.Refused(Refusal.CONFLICT);
    }
    byte[] value = command.value();
    changes
        .keys()
        .put(key, new RecordWriter(10 + value.length).varint(version + 1).raw(value).toBytes());
    changes.tell(command.key());
    return new ShardAnswer.Version(version + 1);
  }

  static ShardAnswer delete(EntryChanges changes, DirectoryDelete command) {
    byte[] key = ShardKeys.directory(command.key());
    if (changes.keys().get(key).isPresent()) {
      changes.keys().delete(key);
      changes.tell(command.key());
    }
    return new Accepted();
  }
}
