package org.malleposte.handover;

import java.util.Collection;
import java.util.List;
import org.malleposte.mail.QueueId;

/** The answer of {@code adoption.query}; the question is {@code CopyWire.Ids}. */
final class AdoptionWire {
  private static final int VERSION = 1;

  /**
   * Ids that are in neither list are not known to who answers.
   *
   * @param adopted in its own spool and on a second disk, or finished
   * @param pending it will adopt them, or someone else whose copies it holds
   */
  record Answer(List<QueueId> adopted, List<QueueId> pending) {}

  private AdoptionWire() {}

  static byte[] encode(Answer answer) {
    var out =
        new WireWriter(16 + QueueId.LENGTH * (answer.adopted().size() + answer.pending().size()));
    out.u8(VERSION);
    ids(out, answer.adopted());
    ids(out, answer.pending());
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
    return new Answer(in.ids(), in.ids());
  }
}
