package org.malleposte.handover;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;

/** The messages of {@code flush.batch} and {@code flush.chunk}; the first byte is their version. */
final class FlushWire {
  private static final int VERSION = 1;

  /**
   * One entry.
   *
   * @param record see {@code SpoolCodec}
   * @param body empty when its parts have gone before
   */
  record Item(byte[] record, Optional<byte[]> body) {}

  /** What the deliverer says to one entry. */
  sealed interface Answer {
    /** Committed there: it is the deliverer's from here on. */
    record Taken() implements Answer {}

    /** The store refuses it for all its targets: tell the sender. */
    record Refused(EnhancedStatus status, String text) implements Answer {}

    record Later(String why) implements Answer {}
  }

  /** A part of a large body. */
  record Part(QueueId id, long offset, long total, byte[] bytes) {}

  /** What the deliverer says to a part. */
  enum PartAnswer {
    WRITTEN,
    /** Begin again with the first. */
    RESTART,
    NO_ROOM
  }

  private FlushWire() {}

  static byte[] encode(List<Item> batch) {
    int size = 16;
    for (var item : batch) {
      size += 16 + item.record().length + item.body().map(b -> b.length).orElse(0);
    }
    var out = new WireWriter(size).u8(VERSION).i32(batch.size());
    for (var item : batch) {
      out.u8(item.body().isPresent() ? 0 : 1).block(item.record());
      item.body().ifPresent(out::block);
    }
    return out.done();
  }

  static List<Item> decodeBatch(byte[] bytes) {
    var in = open(bytes);
    int count = in.count(5);
    var batch = new ArrayList<Item>(count);
    for (int i = 0; i < count; i++) {
      boolean hasBody = in.u8() == 0;
      batch.add(new Item(in.block(), hasBody ? Optional.of(in.block()) : Optional.empty()));
    }
    return batch;
  }

  static byte[] encodeAnswers(List<Answer> answers) {
    var out = new WireWriter(16 + 2 * answers.size()).u8(VERSION).i32(answers.size());
    for (var answer : answers) {
      switch (answer) {
        case Answer.Taken _ -> out.u8(0);
        case Answer.Refused(var status, var text) -> out.u8(1).text(status.toString()).text(text);
        case Answer.Later(var why) -> out.u8(2).text(why);
      }
    }
    return out.done();
  }

  static List<Answer> decodeAnswers(byte[] bytes) {
    var in = open(bytes);
    int count = in.count(1);
    var answers = new ArrayList<Answer>(count);
    for (int i = 0; i < count; i++) {
      answers.add(
          switch (in.u8()) {
            case 0 -> new Answer.Taken();
            case 1 -> new Answer.Refused(EnhancedStatus.parse(in.text()), in.text());
            case 2 -> new Answer.Later(in.text());
            default -> throw new IllegalArgumentException("unknown answer of a deliverer");
          });
    }
    return answers;
  }

  static byte[] encode(Part part) {
    return new WireWriter(64 + part.bytes().length)
        .u8(VERSION)
        .id(part.id())
        .i64(part.offset())
        .i64(part.total())
        .block(part.bytes())
        .done();
  }

  static Part decodePart(byte[] bytes) {
    var in = open(bytes);
    return new Part(in.id(), in.i64(), in.i64(), in.block());
  }

  static byte[] encode(PartAnswer answer) {
    int code =
        switch (answer) {
          case WRITTEN -> 0;
          case RESTART -> 1;
          case NO_ROOM -> 2;
        };
    return new WireWriter(2).u8(VERSION).u8(code).done();
  }

  static PartAnswer decodePartAnswer(byte[] bytes) {
    return switch (open(bytes).u8()) {
      case 0 -> PartAnswer.WRITTEN;
      case 1 -> PartAnswer.RESTART;
      case 2 -> PartAnswer.NO_ROOM;
      default -> throw new IllegalArgumentException("unknown answer of a deliverer");
    };
  }

  private static WireReader open(byte[] bytes) {
    var in = new WireReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException("message between nodes of version " + version);
    }
    return in;
  }
}
