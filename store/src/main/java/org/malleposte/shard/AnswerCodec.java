package org.malleposte.shard;

import java.util.ArrayList;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.shard.ShardAnswer.*;

/** Answers as bytes: on the way back from the leader, and where the state remembers them. */
final class AnswerCodec {
  private static final int ANSWERS = 0;
  private static final int MALFORMED = 1;
  private static final int OUTDATED = 2;

  private static final int REFUSED = 0;
  private static final int ACCEPTED = 1;
  private static final int APPENDED = 2;
  private static final int BODY_MISSING = 3;
  private static final int FLAGS_STORED = 4;
  private static final int EXPUNGED = 5;
  private static final int TRANSFERRED = 6;
  private static final int MAILBOX = 7;
  private static final int INBOX_EMPTIED = 8;
  private static final int RECENT_FROM = 9;
  private static final int VERSION = 10;
  private static final int RESTORED = 11;

  private static final int MAX_TEXT_BYTES = 1024;

  private AnswerCodec() {}

  static byte[] encode(OfEntry answer) {
    var out = new RecordWriter();
    switch (answer) {
      case OfEntry.Answers(var answers) -> {
        out.u8(ANSWERS).varint(answers.size());
        for (var one : answers) {
          out.bytes(encode(one));
        }
      }
      case OfEntry.Malformed(var why) ->
          out.u8(MALFORMED).text(why.substring(0, Math.min(why.length(), MAX_TEXT_BYTES / 4)));
      case OfEntry.Outdated() -> out.u8(OUTDATED);
    }
    return out.toBytes();
  }

  /**
   * @throws FormatException for bytes that are no answer
   */
  static OfEntry decodeEntry(byte[] bytes) {
    return ValueCodec.checked(
        () -> {
          var in = new RecordReader(bytes);
          return switch (in.u8()) {
            case ANSWERS -> answers(in);
            case MALFORMED -> new OfEntry.Malformed(in.text(MAX_TEXT_BYTES));
            case OUTDATED -> new OfEntry.Outdated();
            default -> throw new FormatException("unknown kind of answer");
          };
        });
  }

  private static OfEntry answers(RecordReader in) {
    int count = in.count(ShardCommand.Entry.MAX_COMMANDS);
    var answers = new ArrayList<ShardAnswer>(Math.min(count, in.remaining()));
    for (int i = 0; i < count; i++) {
      answers.add(answer(in.part(in.varint())));
    }
    return new OfEntry.Answers(answers);
  }

  static byte[] encode(ShardAnswer answer) {
    var out = new RecordWriter(32);
    switch (answer) {
      case Refused(var why) -> out.u8(REFUSED).varint(why.ordinal());
      case Accepted() -> out.u8(ACCEPTED);
      case Appended(var mailboxId, var uidValidity, var uid, var repeated) ->
          out.u8(APPENDED).varint(mailboxId).varint(uidValidity).varint(uid).flag(repeated);
      case BodyMissing() -> out.u8(BODY_MISSING);
      case FlagsStored(var messages, var failed, var resumeFrom) -> {
        out.u8(FLAGS_STORED).varint(messages.size());
        messages.forEach(message -> ValueCodec.message(out, message));
        ValueCodec.uids(out, failed);
        out.varint(resumeFrom);
      }
      case Expunged(var uids, var resumeFrom) -> {
        ValueCodec.uids(out.u8(EXPUNGED), uids);
        out.varint(resumeFrom);
      }
      case Transferred(var uidValidity, var sources, var targets, var resumeFrom) -> {
        ValueCodec.numbers(out.u8(TRANSFERRED).varint(uidValidity), sources);
        ValueCodec.numbers(out, targets);
        out.varint(resumeFrom);
      }
      case Mailbox(var info) -> ValueCodec.info(out.u8(MAILBOX), info);
      case InboxEmptied(var lastUid, var resumeFrom) ->
          out.u8(INBOX_EMPTIED).varint(lastUid).varint(resumeFrom);
      case RecentFrom(var uid) -> out.u8(RECENT_FROM).varint(uid);
      case Version(var version) -> out.u8(VERSION).varint(version);
      case Restored(var messages, var more) -> out.u8(RESTORED).varint(messages).flag(more);
    }
    return out.toBytes();
  }

  /**
   * @throws FormatException for bytes that are no answer
   */
  static ShardAnswer decode(byte[] bytes) {
    return ValueCodec.checked(() -> answer(new RecordReader(bytes)));
  }

  private static ShardAnswer answer(RecordReader in) {
    return switch (in.u8()) {
      case REFUSED -> new Refused(ValueCodec.constant(in, Refusal.values()));
      case ACCEPTED -> new Accepted();
      case APPENDED -> new Appended(in.varint(), in.varint(), in.varint(), in.flag());
      case BODY_MISSING -> new BodyMissing();
      case FLAGS_STORED -> flagsStored(in);
      case EXPUNGED -> new Expunged(ValueCodec.uids(in, ShardCommand.MAX_MESSAGES), in.varint());
      case TRANSFERRED ->
          new Transferred(
              in.varint(),
              ValueCodec.numbers(in, ShardCommand.MAX_MESSAGES),
              ValueCodec.numbers(in, ShardCommand.MAX_MESSAGES),
              in.varint());
      case MAILBOX -> new Mailbox(ValueCodec.info(in));
      case INBOX_EMPTIED -> new InboxEmptied(in.varint(), in.varint());
      case RECENT_FROM -> new RecentFrom(in.varint());
      case VERSION -> new Version(in.varint());
      case RESTORED -> new Restored(in.count(Integer.MAX_VALUE), in.flag());
      default -> throw new FormatException("unknown kind of answer");
    };
  }

  private static FlagsStored flagsStored(RecordReader in) {
    int count = in.count(ShardCommand.MAX_MESSAGES);
    var messages = new ArrayList<Message>(Math.min(count, in.remaining()));
    for (int i = 0; i < count; i++) {
      messages.add(ValueCodec.message(in));
    }
    return new FlagsStored(messages, ValueCodec.uids(in, ShardCommand.MAX_MESSAGES), in.varint());
  }
}
