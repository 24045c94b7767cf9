package org.malleposte.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.malleposte.format.RecordReader;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Quota;

/**
 * An account that entries are working on, with all its mailboxes in memory. Belongs to the applying
 * thread.
 */
final class OpenAccount {
  /** Mailboxes of one account; more are refused. */
  static final int MAX_MAILBOXES = 10_000;

  /** Names an account subscribes to; more are refused. */
  static final int MAX_SUBSCRIPTIONS = 10_000;

  static final long MAX_UIDVALIDITY = 0xffff_ffffL;

  private final AccountName name;
  private final byte[] key;
  private final Map<Long, OpenMailbox> byId = new HashMap<>();
  private final TreeMap<MailboxName, OpenMailbox> byName = new TreeMap<>();
  private AccountRecord record;

  private OpenAccount(AccountName name, AccountRecord record) {
    this.name = name;
    this.key = ShardKeys.account(name);
    this.record = record;
  }

  /** Reads the account; nobody may have changed it since the store was last written. */
  static OpenAccount load(KeyValueStore store, UnusedAccount unused, AccountName name) {
    byte[] key = ShardKeys.account(name);
    var record = store.get(ShardKeys.ofAccount(ShardKeys.ACCOUNT, key));
    var account =
        new OpenAccount(name, record.map(AccountRecord::decode).orElseGet(unused::record));
    byte[] from = ShardKeys.ofAccount(ShardKeys.MAILBOX, key);
    try (var cursor = store.scan(from, Keys.after(from))) {
      while (cursor.next()) {
        byte[] id = cursor.key();
        var idReader = new RecordReader(id);
        idReader.part(from.length);
        account.put(new OpenMailbox(key, idReader.fixed64(), MailboxRecord.decode(cursor.value())));
      }
    }
    if (!account.byId.containsKey(MailboxRecord.INBOX_ID)) {
      account.put(new OpenMailbox(key, MailboxRecord.INBOX_ID, unused.inbox()));
    }
    return account;
  }

  AccountName name() {
    return name;
  }

  /** Its name as part of keys. */
  byte[] key() {
    return key;
  }

  int size() {
    return byId.size();
  }

  int subscriptions() {
    return record.subscriptions();
  }

  void subscribed(int more) {
    record = record.withSubscriptions(more);
  }

  int properties() {
    return record.properties();
  }

  long propertyBytes() {
    return record.propertyBytes();
  }

  void keepsProperties(int more, long moreBytes) {
    record = record.withProperties(more, moreBytes);
  }

  /** Whether the account may come to hold so much more. */
  boolean permits(Quota quota, long moreBytes, long moreMessages) {
    if (!quota.isLimited()) {
      return true;
    }
    long bytes = moreBytes;
    long messages = moreMessages;
    for (var mailbox : byId.values()) {
      bytes += mailbox.record().sizeBytes();
      messages += mailbox.record().messages();
    }
    return quota.permits(bytes, messages);
  }

  /** The mailbox of a special use, if there is one. */
  Optional<OpenMailbox> ofUse(String use) {
    return byId.values().stream().filter(m -> m.record().use().equalsIgnoreCase(use)).findFirst();
  }

  void renumber(OpenMailbox mailbox, long uidValidity) {
    mailbox.renumber(uidValidity);
    record = record.withUidValidity(uidValidity);
  }

  Optional<OpenMailbox> mailbox(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<OpenMailbox> mailbox(MailboxName mailboxName) {
    return Optional.ofNullable(byName.get(mailboxName));
  }

  /** The mailboxes below a name, in order. */
  List<OpenMailbox> below(MailboxName parent) {
    var found = new ArrayList<OpenMailbox>();
    for (var entry : byName.tailMap(parent, false).entrySet()) {
      if (entry.getKey().isBelow(parent)) {
        found.add(entry.getValue());
      } else if (!entry.getKey().value().startsWith(parent.value())) {
        break;
      }
    }
    return found;
  }

  /**
   * Makes a mailbox. UIDVALIDITY is the log's time in seconds, or one above the last given, so that
   * a name never has the same twice (RFC 9051 §2.3.1.1).
   */
  OpenMailbox create(Overlay changes, MailboxName mailboxName, String use, long timeMillis) {
    long uidValidity =
        Math.min(Math.max(record.lastUidValidity() + 1, timeMillis / 1000), MAX_UIDVALIDITY);
    var mailbox =
        new OpenMailbox(
            key, record.nextMailboxId(), MailboxRecord.empty(mailboxName, uidValidity, use));
    record = record.withMailbox(uidValidity);
    put(mailbox);
    changes.put(nameKey(mailboxName), idOf(mailbox));
    return mailbox;
  }

  void remove(Overlay changes, OpenMailbox mailbox) {
    byId.remove(mailbox.id());
    byName.remove(mailbox.name());
    changes.delete(nameKey(mailbox.name()));
    changes.delete(ShardKeys.ofMailbox(ShardKeys.MAILBOX, key, mailbox.id()));
  }

  /** Gives mailboxes other names, all at once: one may take the name that another gives up. */
  void rename(Overlay changes, Map<OpenMailbox, MailboxName> names) {
    for (var mailbox : names.keySet()) {
      byName.remove(mailbox.name());
      changes.delete(nameKey(mailbox.name()));
    }
    names.forEach(
        (mailbox, to) -> {
          mailbox.rename(to);
          byName.put(to, mailbox);
          changes.put(nameKey(to), idOf(mailbox));
        });
  }

  void flush(Overlay changes) {
    changes.put(ShardKeys.ofAccount(ShardKeys.ACCOUNT, key), record.encode());
  }

  private void put(OpenMailbox mailbox) {
    byId.put(mailbox.id(), mailbox);
    byName.put(mailbox.name(), mailbox);
  }

  private byte[] nameKey(MailboxName mailboxName) {
    return ShardKeys.named(ShardKeys.NAME, key, mailboxName.value());
  }

  private static byte[] idOf(OpenMailbox mailbox) {
    return new org.malleposte.format.RecordWriter(16).varint(mailbox.id()).toBytes();
  }
}
