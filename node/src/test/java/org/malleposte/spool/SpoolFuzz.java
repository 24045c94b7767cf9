package org.malleposte.spool;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;

/** Records of the spool, as disk and link hold them. */
public final class SpoolFuzz {
  private SpoolFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of("spool-record", SpoolFuzz::record)
            .with(() -> List.of(SpoolCodec.encode(example()))));
  }

  /** One with something of everything. */
  public static SpoolRecord example() {
    var id = new QueueId("0".repeat(QueueId.LENGTH));
    var bob = EmailAddress.parse("bob@here.test");
    var far = EmailAddress.parse("\"a b\"@far.test");
    var wishes =
        new DsnRequest.OfRecipient(Optional.of(DsnRequest.Notify.NEVER), Optional.of("rfc822;x"));
    var envelope =
        new Envelope(
                ReversePath.of(far),
                List.of(bob, far),
                new Envelope.Client("192.0.2.1", "far.test", "ESMTP"),
                Envelope.BodyType.EIGHT_BIT_MIME,
                Optional.of(new AccountName("alice")))
            .with(
                true,
                new DsnRequest(DsnRequest.Returned.FULL, Optional.of("e"), Map.of(bob, wishes)));
    var deliveries =
        List.of(
            new Delivery(
                new Target.Local(new AccountName("bob"), bob),
                new State.Confirming(true, "ok", id)),
            new Delivery(
                new Target.Remote(far, far),
                new State.Bouncing(new EnhancedStatus(5, 1, 1), "no", id)));
    return new SpoolRecord(
        new SpoolEntry(id, envelope, deliveries, 7, 1, Instant.EPOCH, false),
        List.of(new Holder(new NodeName("b"), "b".repeat(SpoolId.LENGTH))),
        3,
        new SpoolRecord.Origin.Flushed(new NodeName("c")),
        new SpoolRecord.Warning.Due(id));
  }

  private static void record(byte[] data) {
    SpoolCodec.Stored stored;
    try {
      stored = SpoolCodec.decodeStored(data);
    } catch (IllegalArgumentException e) {
      return;
    }
    byte[] bytes = SpoolCodec.encode(stored);
    var again = SpoolCodec.decodeStored(bytes);
    // Wishes for who is no recipient are nobody's, and are not written again.
    Fuzz.same(stored.record().entry().deliveries(), again.record().entry().deliveries(), "fate");
    Fuzz.same(bytes, SpoolCodec.encode(again), "its bytes");
    Fuzz.same(stored.rest(), again.rest(), "fields of a newer minor");
  }
}
