package org.malleposte.handover;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.News;

/**
 * The messages of {@code copies.put} and {@code copies.done}. The first byte is the version of the
 * message: a node answers those of the version before its own as well.
 */
final class CopyWire {
  private static final int VERSION = 1;

  /** What a request asks of the holder. */
  sealed interface Item {
    /** Bytes that it takes on the wire, about. */
    int sizeBytes();

    /**
     * Hold this.
     *
     * @param record see {@code SpoolCodec}
     * @param body empty when chunks have gone before
     */
    record Hold(byte[] record, Optional<byte[]> body) implements Item {
      @Override
      public int sizeBytes() {
        return 16 + record.length + body.map(b -> b.length).orElse(0);
      }
    }

    /**
     * A part of a large body, some whole chunks.
     *
     * @param first number of its first chunk
     */
    record Part(QueueId id, int first, byte[] bytes) implements Item {
      @Override
      public int sizeBytes() {
        return 48 + bytes.length;
      }
    }
  }

  /** What the holder says to one item. */
  sealed interface Answer {
    /** Synced; of a part: written. */
    record Held() implements Answer {}

    record NoRoom(String why) implements Answer {}

    /** Parts are missing: begin again with the first. */
    record Incomplete() implements Answer {}

    /** The holder has claimed what the owner put up to this incarnation. */
    record Closed(long upTo) implements Answer {}

    /** The owner has said that it is done. */
    record Finished() implements Answer {}

    record Broken(String why) implements Answer {}
  }

  record Put(String ownerSpoolId, List<Item> items) {}

  record Ids(String spoolId, List<QueueId> ids) {}

  record Done(String spoolId, List<News> news) {}

  private CopyWire() {}

  static byte[] encode(Put put) {
    var out = new WireWriter(64 + put.items().stream().mapToInt(Item::sizeBytes).sum());
    out.u8(VERSION).text(put.ownerSpoolId()).i32(put.items().size());
    for (var item : put.items()) {
      switch (item) {
        case Item.Hold(var record, var body) -> {
          out.u8(body.isPresent() ? 0 : 1).block(record);
          body.ifPresent(out::block);
        }
        case Item.Part(var id, var first, var bytes) -> out.u8(2).id(id).i32(first).block(bytes);
      }
    }
    return out.done();
  }

  static Put decodePut(byte[] bytes) {
    var in = open(bytes);
    var spoolId = in.text();
    int count = in.count(5);
    var items = new ArrayList<Item>(count);
    for (int i = 0; i < count; i++) {
      items.add(
          switch (in.u8()) {
            case 0 -> new Item.Hold(in.block(), Optional.of(in.block()));
            case 1 -> new Item.Hold(in.block(), Optional.empty());
            case 2 -> new Item.Part(in.id(), in.i32(), in.block());
            default -> throw new IllegalArgumentException("unknown item for a copy's holder");
          });
    }
    return new Put(spoolId, items);
  }

  static byte[] encode(List<Answer> answers) {
    var out = new WireWriter(16 + answers.size() * 2).u8(VERSION).i32(answers.size());
    for (var answer : answers) {
      switch (answer) {
        case Answer.Held _ -> out.u8(0);
        case Answer.NoRoom(var why) -> out.u8(1).text(why);
        case Answer.Incomplete _ -> out.u8(2);
        case Answer.Closed(var upTo) -> out.u8(3).i64(upTo);
        case Answer.Finished _ -> out.u8(4);
        case Answer.Broken(var why) -> out.u8(5).text(why);
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
            case 0 -> new Answer.Held();
            case 1 -> new Answer.NoRoom(in.text());
            case 2 -> new Answer.Incomplete();
            case 3 -> new Answer.Closed(in.i64());
            case 4 -> new Answer.Finished();
            case 5 -> new Answer.Broken(in.text());
            default -> throw new IllegalArgumentException("unknown answer of a copy's holder");
          });
    }
    return answers;
  }

  static byte[] encode(Done done) {
    var out = new WireWriter(64 + done.news().size() * (QueueId.LENGTH + Long.BYTES));
    out.u8(VERSION).text(done.spoolId()).i32(done.news().size());
    done.news().forEach(news -> out.id(news.id()).i64(news.stamp()));
    return out.done();
  }

  static Done decodeDone(byte[] bytes) {
    var in = open(bytes);
    var spoolId = in.text();
    int count = in.count(QueueId.LENGTH + Long.BYTES);
    var news = new ArrayList<News>(count);
    for (int i = 0; i < count; i++) {
      news.add(new News(in.id(), in.i64()));
    }
    return new Done(spoolId, news);
  }

  /** Queue ids of one spool: what is asked for. */
  static byte[] encodeIds(String spoolId, Collection<QueueId> ids) {
    var out = new WireWriter(64 + ids.size() * QueueId.LENGTH).u8(VERSION).text(spoolId);
    out.i32(ids.size());
    ids.forEach(out::id);
    return out.done();
  }

  static Ids decodeIds(byte[] bytes) {
    var in = open(bytes);
    return new Ids(in.text(), in.ids());
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
