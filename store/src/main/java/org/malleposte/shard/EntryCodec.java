package org.malleposte.shard;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.raft.ReplicatedGroup;
import org.malleposte.shard.ShardCommand.*;

/**
 * Entries of the log as bytes: version, session, sequence, time, count; for each command its length
 * and its bytes, which begin with a tag. Bytes after the last known field of a command are ignored.
 *
 * <p>A tag that this version does not know is {@link UnknownCommandException}: skipping it would
 * make this replica another than the rest.
 */
final class EntryCodec {
  private static final int VERSION = 1;
  private static final int FRAME_LENGTH_BYTES = 4;
  private static final int HEADER_BYTES = 1 + Entry.SESSION_BYTES + 10 + 10 + 10;

  private static final int APPEND = 1;
  private static final int CHUNK = 2;
  private static final int FLAGS = 3;
  private static final int EXPUNGE = 4;
  private static final int TRANSFER = 5;
  private static final int CREATE = 6;
  private static final int DELETE = 7;
  private static final int RENAME = 8;
  private static final int SUBSCRIBE = 9;
  private static final int CLAIM_RECENT = 10;
  private static final int DIRECTORY_PUT = 11;
  private static final int DIRECTORY_DELETE = 12;
  private static final int APPEND_MORE = 13;
  private static final int RENUMBER = 14;
  private static final int UNDELETE = 15;
  private static final int SET_PROPERTY = 16;

  private static final int INLINE = 0;
  private static final int UPLOADED = 1;

  /** The log holds a command of a newer version: only that version may apply it. */
  static final class UnknownCommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownCommandException(String message) {
      super(message);
    }
  }

  private EntryCodec() {}

  /**
   * A command ready to be packed.
   *
   * @param head all but a body
   * @param body follows the head; empty for commands without one
   */
  record Frame(byte[] head, byte[] body) {
    int sizeBytes() {
      return FRAME_LENGTH_BYTES + head.length + body.length;
    }
  }

  private static final byte[] NO_BODY = {};

  static Frame frame(ShardCommand command) {
    var out = new RecordWriter(160);
    byte[] body = write(out, command);
    return new Frame(out.toBytes(), body);
  }

  /** Writes the head. */
  private static byte[] write(RecordWriter out, ShardCommand command) {
    return switch (command) {
      case Append append -> append(out, append);
      case BodyChunk(var account, var upload, var number, var bytes) -> {
        ValueCodec.account(out.u8(CHUNK), account);
        ValueCodec.id(out, upload);
        out.varint(number).varint(bytes.length);
        yield bytes;
      }
      case StoreFlags flags -> {
        ValueCodec.account(out.u8(FLAGS), flags.account());
        ValueCodec.uids(out.varint(flags.mailboxId()), flags.uids());
        ValueCodec.flags(out.varint(flags.how().ordinal()), flags.flags());
        ValueCodec.optional(out, flags.unchangedSince());
        yield NO_BODY;
      }
      case Expunge(var account, var mailboxId, var uids, var onlyDeleted, var keep) -> {
        ValueCodec.account(out.u8(EXPUNGE), account);
        ValueCodec.uids(out.varint(mailboxId), uids);
        out.flag(onlyDeleted).varint(keep);
        yield NO_BODY;
      }
      case Transfer transfer -> {
        ValueCodec.id(out.u8(TRANSFER), transfer.id());
        out.varint(transfer.part()).varint(transfer.kind().ordinal());
        ValueCodec.account(out, transfer.account());
        ValueCodec.uids(out.varint(transfer.mailboxId()), transfer.uids());
        ValueCodec.name(out, transfer.target());
        ValueCodec.quota(out, transfer.quota());
        yield NO_BODY;
      }
      case Create(var account, var name, var use) -> {
        ValueCodec.account(out.u8(CREATE), account);
        ValueCodec.name(out, name);
        out.text(use);
        yield NO_BODY;
      }
      case Delete(var account, var name, var keep) -> {
        ValueCodec.account(out.u8(DELETE), account);
        ValueCodec.name(out, name);
        out.varint(keep);
        yield NO_BODY;
      }
      case Renumber(var account, var name, var uidValidity) -> {
        ValueCodec.account(out.u8(RENUMBER), account);
        ValueCodec.name(out, name);
        out.varint(uidValidity);
        yield NO_BODY;
      }
      case Undelete(var id, var part, var account, var sinceMillis) -> {
        ValueCodec.id(out.u8(UNDELETE), id);
        ValueCodec.account(out.varint(part), account);
        out.varint(sinceMillis);
        yield NO_BODY;
      }
      case SetProperty(var account, var key, var remove, var value) -> {
        ValueCodec.account(out.u8(SET_PROPERTY), account);
        out.text(key).flag(remove).varint(value.length);
        yield value;
      }
      case Rename(var account, var from, var to) -> {
        ValueCodec.account(out.u8(RENAME), account);
        ValueCodec.name(out, from);
        ValueCodec.name(out, to);
        yield NO_BODY;
      }
      case Subscribe(var account, var name, var subscribed) -> {
        ValueCodec.account(out.u8(SUBSCRIBE), account);
        ValueCodec.name(out, name);
        out.flag(subscribed);
        yield NO_BODY;
      }
      case ClaimRecent(var account, var mailboxId) -> {
        ValueCodec.account(out.u8(CLAIM_RECENT), account);
        out.varint(mailboxId);
        yield NO_BODY;
      }
      case DirectoryPut(var key, var value, var expected) -> {
        ValueCodec.optional(out.u8(DIRECTORY_PUT).text(key), expected);
        out.varint(value.length);
        yield value;
      }
      case DirectoryDelete(var key) -> {
        out.u8(DIRECTORY_DELETE).text(key);
        yield NO_BODY;
      }
    };
  }

  private static byte[] append(RecordWriter out, Append append) {
    ValueCodec.id(out.u8(APPEND_MORE), append.id());
    ValueCodec.account(out, append.account());
    ValueCodec.name(out, append.mailbox());
    ValueCodec.flags(out, append.flags());
    ValueCodec.signed(out, append.dateSeconds());
    ValueCodec.quota(out.varint(append.more().uid()), append.more().quota());
    out.bytes(append.more().index());
    return switch (append.body()) {
      case Body.Inline(var bytes) -> {
        out.u8(INLINE).varint(bytes.length);
        yield bytes;
      }
      case Body.Uploaded(var upload, var sizeBytes) -> {
        ValueCodec.id(out.u8(UPLOADED), upload);
        out.varint(sizeBytes);
        yield NO_BODY;
      }
    };
  }

  /** The size of an entry of {@code frames} of that size, at most. */
  static long entryBytes(long framesBytes) {
    return HEADER_BYTES + framesBytes;
  }

  static byte[] entry(byte[] session, long sequence, long timeMillis, List<Frame> frames) {
    long size = entryBytes(frames.stream().mapToLong(Frame::sizeBytes).sum());
    if (size > ReplicatedGroup.MAX_ENTRY_BYTES || frames.size() > Entry.MAX_COMMANDS) {
      throw new IllegalArgumentException("entry too large");
    }
    var out = new RecordWriter((int) size);
    out.u8(VERSION).raw(session).varint(sequence).varint(timeMillis).varint(frames.size());
    for (var frame : frames) {
      out.fixed32(frame.head().length + frame.body().length).raw(frame.head()).raw(frame.body());
    }
    return out.toBytes();
  }

  /**
   * @throws FormatException for bytes that are no entry
   * @throws UnknownCommandException for an entry of a newer version
   */
  static Entry decode(byte[] bytes) {
    return ValueCodec.checked(() -> decodeEntry(new RecordReader(bytes)));
  }

  private static Entry decodeEntry(RecordReader in) {
    int version = in.u8();
    if (version > VERSION) {
      throw new UnknownCommandException("log entry of version " + version);
    }
    byte[] session = new byte[Entry.SESSION_BYTES];
    for (int i = 0; i < session.length; i++) {
      session[i] = (byte) in.u8();
    }
    long sequence = in.varint();
    long timeMillis = in.varint();
    int count = in.count(Entry.MAX_COMMANDS);
    var commands = new ArrayList<ShardCommand>(Math.min(count, in.remaining()));
    for (int i = 0; i < count; i++) {
      commands.add(command(in.part(in.fixed32())));
    }
    return new Entry(session, sequence, timeMillis, commands);
  }

  private static ShardCommand command(RecordReader in) {
    int tag = in.u8();
    return switch (tag) {
      case APPEND ->
          new Append(
              ValueCodec.id(in),
              ValueCodec.account(in),
              ValueCodec.name(in),
              ValueCodec.flags(in),
              ValueCodec.signed(in),
              body(in));
      case APPEND_MORE -> append(in);
      case CHUNK ->
          new BodyChunk(
              ValueCodec.account(in),
              ValueCodec.id(in),
              in.count(ShardCommand.MAX_CHUNKS - 1),
              in.bytes(ShardCommand.CHUNK_BYTES));
      case FLAGS ->
          new StoreFlags(
              ValueCodec.account(in),
              in.varint(),
              ValueCodec.uids(in, ShardCommand.MAX_UID_RANGES),
              ValueCodec.constant(in, FlagChange.values()),
              ValueCodec.flags(in),
              ValueCodec.optional(in));
      case EXPUNGE ->
          new Expunge(
              ValueCodec.account(in),
              in.varint(),
              ValueCodec.uids(in, ShardCommand.MAX_UID_RANGES),
              in.flag(),
              in.remaining() == 0 ? 0 : in.varint());
      case TRANSFER -> transfer(in);
      // What format 1.0 wrote ends with the name.
      case CREATE ->
          new Create(
              ValueCodec.account(in),
              ValueCodec.name(in),
              in.remaining() == 0 ? "" : in.text(MailboxRecord.MAX_USE_BYTES));
      case DELETE ->
          new Delete(
              ValueCodec.account(in), ValueCodec.name(in), in.remaining() == 0 ? 0 : in.varint());
      case RENUMBER -> new Renumber(ValueCodec.account(in), ValueCodec.name(in), in.varint());
      case UNDELETE ->
          new Undelete(
              ValueCodec.id(in), in.count(Integer.MAX_VALUE), ValueCodec.account(in), in.varint());
      case SET_PROPERTY ->
          new SetProperty(
              ValueCodec.account(in),
              in.text(MailboxStore.MAX_PROPERTY_KEY_BYTES),
              in.flag(),
              in.bytes(MailboxStore.MAX_PROPERTY_BYTES));
      case RENAME -> new Rename(ValueCodec.account(in), ValueCodec.name(in), ValueCodec.name(in));
      case SUBSCRIBE -> new Subscribe(ValueCodec.account(in), ValueCodec.name(in), in.flag());
      case CLAIM_RECENT -> new ClaimRecent(ValueCodec.account(in), in.varint());
      case DIRECTORY_PUT -> directoryPut(in);
      case DIRECTORY_DELETE -> new DirectoryDelete(in.text(3 * ShardCommand.MAX_KEY_CHARACTERS));
      default -> throw new UnknownCommandException("log entry with a command of type " + tag);
    };
  }

  private static Body body(RecordReader in) {
    return switch (in.u8()) {
      case INLINE -> new Body.Inline(in.bytes(ShardCommand.CHUNK_BYTES));
      case UPLOADED -> new Body.Uploaded(ValueCodec.id(in), in.varint());
      default -> throw new FormatException("unknown kind of body");
    };
  }

  private static Transfer transfer(RecordReader in) {
    var id = ValueCodec.id(in);
    int part = in.count(Integer.MAX_VALUE);
    return new Transfer(
        id,
        part,
        ValueCodec.constant(in, Transfer.Kind.values()),
        ValueCodec.account(in),
        in.varint(),
        ValueCodec.uids(in, ShardCommand.MAX_UID_RANGES),
        ValueCodec.name(in),
        in.remaining() == 0 ? Quota.NONE : ValueCodec.quota(in));
  }

  private static Append append(RecordReader in) {
    var id = ValueCodec.id(in);
    var account = ValueCodec.account(in);
    var mailbox = ValueCodec.name(in);
    var flags = ValueCodec.flags(in);
    long dateSeconds = ValueCodec.signed(in);
    long uid = in.varint();
    var quota = ValueCodec.quota(in);
    var more = new Append.More(uid, quota, in.bytes(StorePolicy.MAX_INDEX_BYTES));
    return new Append(id, account, mailbox, flags, dateSeconds, body(in), more);
  }

  private static DirectoryPut directoryPut(RecordReader in) {
    String key = in.text(3 * ShardCommand.MAX_KEY_CHARACTERS);
    var expected = ValueCodec.optional(in);
    return new DirectoryPut(key, in.bytes(Directory.MAX_VALUE_BYTES), expected);
  }
}
