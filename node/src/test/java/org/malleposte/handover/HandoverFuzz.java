package org.malleposte.handover;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.News;

/** Messages between nodes about what they hold for each other. */
public final class HandoverFuzz {
  private static final QueueId ID = new QueueId("0".repeat(QueueId.LENGTH));

  /** Each reads and writes again. */
  private static final List<Function<byte[], byte[]>> MESSAGES =
      List.of(
          bytes -> CopyWire.encode(CopyWire.decodePut(bytes)),
          bytes -> CopyWire.encode(CopyWire.decodeAnswers(bytes)),
          bytes -> CopyWire.encode(CopyWire.decodeDone(bytes)),
          HandoverFuzz::ids,
          bytes -> FlushWire.encode(FlushWire.decodeBatch(bytes)),
          bytes -> FlushWire.encodeAnswers(FlushWire.decodeAnswers(bytes)),
          bytes -> FlushWire.encode(FlushWire.decodePart(bytes)),
          bytes -> FlushWire.encode(FlushWire.decodePartAnswer(bytes)),
          bytes -> AdoptionWire.encode(AdoptionWire.decode(bytes)));

  private HandoverFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(FuzzTarget.of("node-messages", HandoverFuzz::message).with(HandoverFuzz::seeds));
  }

  private static byte[] ids(byte[] bytes) {
    var ids = CopyWire.decodeIds(bytes);
    return CopyWire.encodeIds(ids.spoolId(), ids.ids());
  }

  private static List<byte[]> seeds() {
    var record = new byte[] {1, 2};
    var messages =
        List.of(
            CopyWire.encode(
                new CopyWire.Put(
                    "s",
                    List.of(
                        new CopyWire.Item.Hold(record, Optional.of(record)),
                        new CopyWire.Item.Hold(record, Optional.empty()),
                        new CopyWire.Item.Part(ID, 1, record)))),
            CopyWire.encode(
                List.of(
                    new CopyWire.Answer.Held(),
                    new CopyWire.Answer.NoRoom("x"),
                    new CopyWire.Answer.Closed(4))),
            CopyWire.encode(new CopyWire.Done("s", List.of(new News(ID, 5)))),
            CopyWire.encodeIds("s", List.of(ID)),
            FlushWire.encode(List.of(new FlushWire.Item(record, Optional.of(record)))),
            FlushWire.encodeAnswers(
                List.of(
                    new FlushWire.Answer.Taken(),
                    new FlushWire.Answer.Refused(new EnhancedStatus(5, 1, 1), "no"))),
            FlushWire.encode(new FlushWire.Part(ID, 1, 2, record)),
            FlushWire.encode(FlushWire.PartAnswer.NO_ROOM),
            AdoptionWire.encode(
                new AdoptionWire.Answer(
                    "s",
                    List.of(ID),
                    List.of(),
                    List.of(ID),
                    List.of(new AdoptionWire.HeldFor(ID, "o")))));
    var seeds = new java.util.ArrayList<byte[]>();
    for (int i = 0; i < messages.size(); i++) {
      seeds.add(Fuzz.behind(i, messages.get(i)));
    }
    return seeds;
  }

  private static void message(byte[] data) {
    var message = MESSAGES.get(Fuzz.choice(data) % MESSAGES.size());
    byte[] once;
    try {
      once = message.apply(Fuzz.rest(data));
    } catch (IllegalArgumentException e) {
      return;
    }
    Fuzz.same(once, message.apply(once), "message");
  }
}
