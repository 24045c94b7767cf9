package org.malleposte.handover;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.malleposte.mail.QueueId;

/** The answer of {@code adoption.query}; the question is {@code CopyWire.Ids}. */
final class AdoptionWire {
  private static final int VERSION = 1;

  /**
   * Ids that are in no list are not known to who answers.
   *
   * @param spoolId of who answers
   * @param adopted in its own spool and on a second disk, or finished
   * @param pending it will adopt them; or they are on the move
   * @param doubted in its own spool, but it asks the same question: of all that do, the one with
   *     the highest spool id keeps the entry
   * @param heldFor copies that it holds for others: if those do not answer themselves, it will
   *     adopt them one day
   */
  record Answer(
      String spoolId,
      List<QueueId> adopted,
      List<QueueId> pending,
      List<QueueId> doubted,
      List<HeldFor> heldFor) {}

  /**
   * @param owner spool id of who has it, or had it
   */
  record HeldFor(QueueId id, String owner) {}

  private AdoptionWire() {}

  static byte[] encode(Answer answer) {
    int count = answer.adopted().size() + answer.pending().size() + answer.doubted().size();
    var out = new WireWriter(64 + QueueId.LENGTH * count);
    out.u8(VERSION).text(answer.spoolId());
    ids(out, answer.adopted());
    ids(out, answer.pending());
    ids(out, answer.doubted());
    out.i32(answer.heldFor().size());
    answer.heldFor().forEach(held -> out.id(held.id()).text(held.owner()));
    return out.done();
  }

  private static void ids(WireWriter out, Collection<QueueId> ids) {
    out.i32(ids.size());
    ids.forEach(out::id);
  }

  static Answer decode(byte[] bytes) {
    var in = new WireReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException("answer about adoption of version " + version);
    }
    return new Answer(in.text(), in.ids(), in.ids(), in.ids(), heldFor(in));
  }

  private static List<HeldFor> heldFor(WireReader in) {
    int count = in.count(QueueId.LENGTH);
    var all = new ArrayList<HeldFor>(count);
    for (int i = 0; i < count; i++) {
      all.add(new HeldFor(in.id(), in.text()));
    }
    return all;
  }
}
