package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.malleposte.format.RecordReader;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;

/**
 * Reads a group's state from disk, beside the applying thread. Every method blocks. Each key or
 * scan is consistent in itself; two of them may see different moments.
 */
final class ShardReader {
  /**
   * Changed messages that are fetched one by one; when there are more, all messages of the range
   * are read and the unchanged passed over, so that memory stays bounded.
   */
  private static final int MAX_SINGLE_CHANGES = 4096;

  private final KeyValueStore store;
  private final UnusedAccount unused;

  ShardReader(KeyValueStore store, UnusedAccount unused) {
    this.store = store;
    this.unused = unused;
  }

  List<MailboxInfo> list(AccountName account) {
    byte[] key = ShardKeys.account(account);
    Set<String> subscribed = new HashSet<>(subscribedNames(key));
    var infos = new ArrayList<MailboxInfo>();
    byte[] prefix = ShardKeys.ofAccount(ShardKeys.MAILBOX, key);
    scan(
        prefix,
        (mailboxKey, value) -> {
          var record = MailboxRecord.decode(value);
          var id = new RecordReader(mailboxKey);
          id.part(prefix.length);
          infos.add(record.toInfo(id.fixed64(), subscribed.contains(record.name().value())));
        });
    if (infos.isEmpty() || infos.getFirst().id() != MailboxRecord.INBOX_ID) {
      infos.add(inbox(subscribed.contains(MailboxName.INBOX.value())));
    }
    infos.sort(Comparator.comparing(MailboxInfo::name));
    return infos;
  }

  private MailboxInfo inbox(boolean subscribed) {
    return unused.inbox().toInfo(MailboxRecord.INBOX_ID, subscribed);
  }

  List<MailboxName> subscriptions(AccountName account) {
    return subscribedNames(ShardKeys.account(account)).stream().map(MailboxName::new).toList();
  }

  private List<String> subscribedNames(byte[] account) {
    var names = new ArrayList<String>();
    byte[] prefix = ShardKeys.ofAccount(ShardKeys.SUBSCRIPTION, account);
    scan(
        prefix,
        (key, _) ->
            names.add(
                new String(
                    key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8)));
    return names;
  }

  Optional<MailboxInfo> find(AccountName account, MailboxName name) {
    if (name.isInbox()) {
      return find(account, MailboxRecord.INBOX_ID);
    }
    return store
        .get(ShardKeys.named(ShardKeys.NAME, ShardKeys.account(account), name.value()))
        .flatMap(value -> find(account, new RecordReader(value).varint()))
        // Renamed between the two reads: then nothing has this name.
        .filter(info -> info.name().equals(name));
  }

  Optional<MailboxInfo> find(AccountName account, long mailboxId) {
    byte[] key = ShardKeys.account(account);
    return store
        .get(ShardKeys.ofMailbox(ShardKeys.MAILBOX, key, mailboxId))
        .map(MailboxRecord::decode)
        .or(
            () ->
                mailboxId == MailboxRecord.INBOX_ID
                    ? Optional.of(unused.inbox())
                    : Optional.empty())
        .map(record -> record.toInfo(mailboxId, isSubscribed(key, record.name())));
  }

  private boolean isSubscribed(byte[] account, MailboxName name) {
    return store.get(ShardKeys.named(ShardKeys.SUBSCRIPTION, account, name.value())).isPresent();
  }

  private boolean exists(byte[] account, long mailboxId) {
    // Messages of a deleted mailbox stay on disk for a while.
    return store.get(ShardKeys.ofMailbox(ShardKeys.MAILBOX, account, mailboxId)).isPresent();
  }

  long[] uids(AccountName account, long mailboxId) {
    byte[] key = ShardKeys.account(account);
    var uids = new long[256];
    int count = 0;
    if (!exists(key, mailboxId)) {
      return new long[0];
    }
    byte[] prefix = ShardKeys.ofMailbox(ShardKeys.UIDS, key, mailboxId);
    try (var cursor = store.scan(prefix, Keys.after(prefix))) {
      while (cursor.next()) {
        long first = lastInt(cursor.key()) * UidBlocks.UIDS;
        var block = BitSet.valueOf(cursor.value());
        for (int bit = block.nextSetBit(0); bit >= 0; bit = block.nextSetBit(bit + 1)) {
          uids = count < uids.length ? uids : Arrays.copyOf(uids, 2 * count);
          uids[count++] = first + bit;
        }
      }
    }
    return Arrays.copyOf(uids, count);
  }

  void messages(AccountName account, long mailboxId, UidSet uids, Consumer<Message> consumer) {
    byte[] key = ShardKeys.account(account);
    if (!exists(key, mailboxId)) {
      return;
    }
    for (var range : uids.ranges()) {
      if (range.first() == range.last()) {
        message(key, mailboxId, range.first()).ifPresent(consumer);
      } else {
        range(key, mailboxId, range, consumer);
      }
    }
  }

  private Optional<Message> message(byte[] account, long mailboxId, long uid) {
    return store
        .get(ShardKeys.message(account, mailboxId, uid))
        .map(value -> MessageRecord.decode(value).toMessage(uid));
  }

  private void range(
      byte[] account, long mailboxId, UidSet.Range range, Consumer<Message> consumer) {
    byte[] from = ShardKeys.message(account, mailboxId, range.first());
    byte[] to = Keys.after(ShardKeys.message(account, mailboxId, range.last()));
    try (var cursor = store.scan(from, to)) {
      while (cursor.next()) {
        consumer.accept(MessageRecord.decode(cursor.value()).toMessage(lastInt(cursor.key())));
      }
    }
  }

  void changedSince(
      AccountName account, long mailboxId, UidSet uids, long modSeq, Consumer<Message> consumer) {
    var changed = changedUids(account, mailboxId, uids, modSeq);
    // A message may change again between the two reads: it is then handed over as it is now.
    messages(
        account,
        mailboxId,
        changed.orElse(uids),
        message -> {
          if (message.modSeq() > modSeq) {
            consumer.accept(message);
          }
        });
  }

  /** Empty when there are too many to keep. */
  private Optional<UidSet> changedUids(
      AccountName account, long mailboxId, UidSet uids, long modSeq) {
    byte[] key = ShardKeys.account(account);
    byte[] from = ShardKeys.modSeq(key, mailboxId, modSeq + 1, 0);
    byte[] to = Keys.after(ShardKeys.ofMailbox(ShardKeys.MODSEQ, key, mailboxId));
    var changed = new TreeSet<Long>();
    try (var cursor = store.scan(from, to)) {
      while (cursor.next()) {
        long uid = lastInt(cursor.key());
        if (uids.contains(uid)) {
          changed.add(uid);
        }
        if (changed.size() > MAX_SINGLE_CHANGES) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(UidSet.ofAscending(changed));
  }

  Vanished vanished(AccountName account, long mailboxId, long modSeq) {
    byte[] key = ShardKeys.account(account);
    return store
        .get(ShardKeys.ofMailbox(ShardKeys.MAILBOX, key, mailboxId))
        .map(MailboxRecord::decode)
        .map(record -> Vanishings.after(store, key, mailboxId, modSeq, record))
        .orElse(new Vanished.Known(UidSet.EMPTY));
  }

  Optional<byte[]> index(AccountName account, String blob) {
    return store.get(Bodies.indexKey(ShardKeys.account(account), blob));
  }

  Optional<byte[]> property(AccountName account, String key) {
    return store.get(ShardKeys.named(ShardKeys.PROPERTY, ShardKeys.account(account), key));
  }

  SortedMap<String, byte[]> properties(AccountName account, String prefix) {
    byte[] name = ShardKeys.account(account);
    int before = 1 + name.length;
    var properties = new TreeMap<String, byte[]>();
    scan(
        ShardKeys.named(ShardKeys.PROPERTY, name, prefix),
        (key, value) ->
            properties.put(
                new String(key, before, key.length - before, StandardCharsets.UTF_8), value));
    return properties;
  }

  Optional<byte[]> chunk(AccountName account, String blob, long number) {
    return store.get(ShardKeys.chunk(ShardKeys.account(account), blob, number));
  }

  /** What was answered to an append of this id. */
  Optional<ShardAnswer> answered(AccountName account, QueueId id) {
    return store.get(ShardKeys.repeat(ShardKeys.account(account), id, 0)).map(AnswerCodec::decode);
  }

  Optional<Directory.Entry> directoryEntry(String key) {
    return store.get(ShardKeys.directory(key)).map(DirectoryCommands::decode);
  }

  Map<String, Directory.Entry> directoryEntries(String prefix) {
    var entries = new LinkedHashMap<String, Directory.Entry>();
    scan(
        ShardKeys.directory(prefix),
        (key, value) ->
            entries.put(
                new String(key, 1, key.length - 1, StandardCharsets.UTF_8),
                DirectoryCommands.decode(value)));
    return entries;
  }

  private void scan(byte[] prefix, BiConsumer<byte[], byte[]> consumer) {
    try (var cursor = store.scan(prefix, Keys.after(prefix))) {
      while (cursor.next()) {
        consumer.accept(cursor.key(), cursor.value());
      }
    }
  }

  private static long lastInt(byte[] key) {
    var in = new RecordReader(key);
    in.part(key.length - Integer.BYTES);
    return in.fixed32();
  }
}
