package org.malleposte.shard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.UidSet;

/** Writes and reads the values that log, answers and disk have in common. */
final class ValueCodec {
  private static final int MAX_NAME_BYTES = 4 * MailboxName.MAX_CHARACTERS;
  static final int MAX_BLOB_BYTES = 64;
  private static final List<String> SYSTEM_FLAGS =
      List.of(Flags.SEEN, Flags.ANSWERED, Flags.FLAGGED, Flags.DELETED, Flags.DRAFT);
  // Nearly all messages have one of these: no set is built for them, and they are shared.
  private static final List<Flags> SYSTEM_SETS = systemSets();

  private ValueCodec() {}

  static void account(RecordWriter out, AccountName account) {
    out.text(account.value());
  }

  static AccountName account(RecordReader in) {
    return new AccountName(in.text(4 * AccountName.MAX_CHARACTERS));
  }

  static void name(RecordWriter out, MailboxName name) {
    out.text(name.value());
  }

  static MailboxName name(RecordReader in) {
    return new MailboxName(in.text(MAX_NAME_BYTES));
  }

  static void id(RecordWriter out, QueueId id) {
    out.text(id.value());
  }

  static QueueId id(RecordReader in) {
    return new QueueId(in.text(QueueId.LENGTH));
  }

  /** Dates before 1970 stay short. */
  static void signed(RecordWriter out, long value) {
    out.varint(value << 1 ^ value >> 63);
  }

  static long signed(RecordReader in) {
    long value = in.varint();
    return value >>> 1 ^ -(value & 1);
  }

  static void quota(RecordWriter out, Quota quota) {
    out.varint(quota.maxBytes()).varint(quota.maxMessages());
  }

  static Quota quota(RecordReader in) {
    return new Quota(in.varint(), in.varint());
  }

  static void optional(RecordWriter out, OptionalLong value) {
    out.flag(value.isPresent());
    value.ifPresent(out::varint);
  }

  static OptionalLong optional(RecordReader in) {
    return in.flag() ? OptionalLong.of(in.varint()) : OptionalLong.empty();
  }

  /** System flags as bits, then keywords. */
  static void flags(RecordWriter out, Flags flags) {
    int bits = 0;
    var keywords = new ArrayList<String>(0);
    for (String flag : flags.names()) {
      int system = SYSTEM_FLAGS.indexOf(flag);
      if (system >= 0) {
        bits |= 1 << system;
      } else {
        keywords.add(flag);
      }
    }
    out.varint(bits).varint(keywords.size());
    keywords.forEach(out::text);
  }

  static Flags flags(RecordReader in) {
    int bits = in.count(SYSTEM_SETS.size() - 1);
    int keywords = in.count(Flags.MAX_KEYWORDS);
    if (keywords == 0) {
      return SYSTEM_SETS.get(bits);
    }
    var names = new HashSet<>(SYSTEM_SETS.get(bits).names());
    for (int i = 0; i < keywords; i++) {
      names.add(in.text(ShardCommand.MAX_KEYWORD_BYTES));
    }
    return new Flags(names);
  }

  /** Each range as its distance from the one before, and its length. */
  static void uids(RecordWriter out, UidSet uids) {
    out.varint(uids.ranges().size());
    long last = 0;
    for (var range : uids.ranges()) {
      out.varint(range.first() - last).varint(range.last() - range.first());
      last = range.last();
    }
  }

  static UidSet uids(RecordReader in, int maxRanges) {
    int count = in.count(maxRanges);
    var ranges = new ArrayList<UidSet.Range>(Math.min(count, in.remaining()));
    long last = 0;
    for (int i = 0; i < count; i++) {
      long first = Math.addExact(last, in.varint());
      last = Math.addExact(first, in.varint());
      ranges.add(new UidSet.Range(first, last));
    }
    return new UidSet(ranges);
  }

  static void numbers(RecordWriter out, List<Long> numbers) {
    out.varint(numbers.size());
    long last = 0;
    for (long number : numbers) {
      signed(out, number - last);
      last = number;
    }
  }

  static List<Long> numbers(RecordReader in, int max) {
    int count = in.count(max);
    var numbers = new ArrayList<Long>(Math.min(count, in.remaining()));
    long last = 0;
    for (int i = 0; i < count; i++) {
      last += signed(in);
      numbers.add(last);
    }
    return numbers;
  }

  static void message(RecordWriter out, Message message) {
    out.varint(message.uid()).varint(message.modSeq());
    flags(out, message.flags());
    signed(out, message.internalDate().getEpochSecond());
    out.varint(message.sizeBytes()).text(message.blob());
    signed(out, message.saved().getEpochSecond());
  }

  static Message message(RecordReader in) {
    return new Message(
        in.varint(),
        in.varint(),
        flags(in),
        Instant.ofEpochSecond(signed(in)),
        in.varint(),
        in.text(MAX_BLOB_BYTES),
        Instant.ofEpochSecond(signed(in)));
  }

  static void info(RecordWriter out, MailboxInfo info) {
    out.varint(info.id());
    name(out, info.name());
    out.varint(info.uidValidity()).varint(info.uidNext()).varint(info.highestModSeq());
    out.varint(info.messages()).varint(info.unseen()).varint(info.deleted());
    out.varint(info.sizeBytes()).varint(info.recentFrom()).flag(info.subscribed());
    out.text(info.use());
  }

  static MailboxInfo info(RecordReader in) {
    return new MailboxInfo(
        in.varint(),
        name(in),
        in.varint(),
        in.varint(),
        in.varint(),
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.varint(),
        in.varint(),
        in.flag(),
        in.remaining() == 0 ? "" : in.text(MailboxRecord.MAX_USE_BYTES));
  }

  static <E extends Enum<E>> E constant(RecordReader in, E[] constants) {
    return constants[in.count(constants.length - 1)];
  }

  /**
   * Reads by {@code reading}; values that their own types refuse are a bad record, not a bug.
   *
   * @throws FormatException for anything but a record
   */
  static <T> T checked(java.util.function.Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
      throw new FormatException("bad value: " + e.getMessage(), e);
    }
  }

  private static List<Flags> systemSets() {
    var sets = new ArrayList<Flags>();
    for (int bits = 0; bits < 1 << SYSTEM_FLAGS.size(); bits++) {
      var names = new HashSet<String>();
      for (int i = 0; i < SYSTEM_FLAGS.size(); i++) {
        if ((bits & 1 << i) != 0) {
          names.add(SYSTEM_FLAGS.get(i));
        }
      }
      sets.add(new Flags(names));
    }
    return List.copyOf(sets);
  }
}
