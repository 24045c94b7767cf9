package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import org.malleposte.format.RecordWriter;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;

/**
 * The keys of a group's state; {@code node/docs/ondisk.md} tables them. The first byte is the
 * family. An account is written as its name in UTF-8 and a zero byte, which no name contains, so
 * that no account's keys lie between another's.
 */
final class ShardKeys {
  static final byte META = 'A';
  static final byte ACCOUNT = 'a';
  static final byte MAILBOX = 'b';
  static final byte NAME = 'n';
  static final byte SUBSCRIPTION = 's';
  static final byte MESSAGE = 'u';
  static final byte UIDS = 'k';
  static final byte MODSEQ = 'c';
  static final byte BODY = 'd';
  static final byte REFERENCES = 'r';
  static final byte UPLOAD = 'p';
  static final byte UPLOADS_BY_TIME = 'o';
  static final byte REPEAT = 'q';
  static final byte REPEATS_BY_TIME = 'e';
  static final byte GARBAGE = 'g';
  static final byte SESSION = 'x';
  static final byte SESSION_SLOT = 'w';
  static final byte DIRECTORY = 'v';
  static final byte VANISHED = 'h';
  static final byte PROPERTY = 'y';
  static final byte INDEX = 'i';
  static final byte KEPT = 't';
  static final byte KEPT_UNTIL = 'f';

  // The content; the position, which lies below, is of this replica.
  static final byte FIRST = 'a';
  static final byte LAST = 'z';

  private ShardKeys() {}

  /** Term, index and time of the last applied entry. */
  static byte[] applied() {
    return new byte[] {META};
  }

  static byte[] family(byte family) {
    return new byte[] {family};
  }

  /** The name, ready to be part of keys. */
  static byte[] account(AccountName account) {
    byte[] name = account.value().getBytes(StandardCharsets.UTF_8);
    return new RecordWriter(name.length + 1).raw(name).u8(0).toBytes();
  }

  static byte[] ofAccount(byte family, byte[] account) {
    return start(family, account, 0).toBytes();
  }

  static byte[] ofMailbox(byte family, byte[] account, long mailboxId) {
    return start(family, account, 8).fixed64(mailboxId).toBytes();
  }

  static byte[] named(byte family, byte[] account, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return start(family, account, utf8.length).raw(utf8).toBytes();
  }

  static byte[] message(byte[] account, long mailboxId, long uid) {
    return start(MESSAGE, account, 12).fixed64(mailboxId).fixed32(uid).toBytes();
  }

  static byte[] uidBlock(byte[] account, long mailboxId, long block) {
    return start(UIDS, account, 12).fixed64(mailboxId).fixed32(block).toBytes();
  }

  static byte[] modSeq(byte[] account, long mailboxId, long modSeq, long uid) {
    return start(MODSEQ, account, 20).fixed64(mailboxId).fixed64(modSeq).fixed32(uid).toBytes();
  }

  static byte[] vanished(byte[] account, long mailboxId, long modSeq) {
    return start(VANISHED, account, 16).fixed64(mailboxId).fixed64(modSeq).toBytes();
  }

  /** An expunged message; by the time of that. */
  static byte[] kept(byte[] account, long timeMillis, long mailboxId, long uid) {
    var key = start(KEPT, account, 20).fixed64(timeMillis);
    return key.fixed64(mailboxId).fixed32(uid).toBytes();
  }

  static byte[] chunk(byte[] account, String blob, long number) {
    byte[] name = blob.getBytes(StandardCharsets.UTF_8);
    return start(BODY, account, name.length + 5).raw(name).u8(0).fixed32(number).toBytes();
  }

  static byte[] repeat(byte[] account, QueueId id, int part) {
    var key = start(REPEAT, account, QueueId.LENGTH + 4);
    return key.raw(id.value().getBytes(StandardCharsets.US_ASCII)).fixed32(part).toBytes();
  }

  static byte[] session(byte[] session) {
    return new RecordWriter(1 + session.length).u8(SESSION).raw(session).toBytes();
  }

  static byte[] slot(byte[] session, int slot) {
    return new RecordWriter(2 + session.length).u8(SESSION_SLOT).raw(session).u8(slot).toBytes();
  }

  static byte[] directory(String key) {
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    return new RecordWriter(1 + utf8.length).u8(DIRECTORY).raw(utf8).toBytes();
  }

  /** A key of a queue: ordered by {@code order}. */
  static byte[] queued(byte family, long order, byte[] what) {
    return new RecordWriter(9 + what.length).u8(family).fixed64(order).raw(what).toBytes();
  }

  private static RecordWriter start(byte family, byte[] account, int more) {
    return new RecordWriter(1 + account.length + more).u8(family).raw(account);
  }
}
