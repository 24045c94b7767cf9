package org.malleposte.spool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.blob.MessageBody;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord.Origin;
import org.malleposte.spool.SpoolRecord.Warning;

/** Makes mails for tests. */
public final class Mails {
  public static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");
  public static final Holder HOLDER = new Holder(new NodeName("b"), "b".repeat(SpoolId.LENGTH));

  private Mails() {}

  public static QueueId id(int number) {
    return QueueId.create(NOW.plusMillis(number), () -> number);
  }

  public static Target.Local local(String account) {
    return new Target.Local(new AccountName(account), address(account + "@here.test"));
  }

  public static Target.Remote remote(String address) {
    return new Target.Remote(address(address), address(address));
  }

  public static EmailAddress address(String text) {
    return EmailAddress.parse(text);
  }

  public static Envelope envelope(List<? extends Target> targets) {
    var recipients = new ArrayList<EmailAddress>();
    for (var target : targets) {
      recipients.add(
          switch (target) {
            case Target.Local local -> local.original();
            case Target.Remote there -> there.original();
          });
    }
    return new Envelope(
        ReversePath.of(address("sender@far.test")),
        recipients,
        new Envelope.Client("192.0.2.7", "far.test", "ESMTP"),
        Envelope.BodyType.EIGHT_BIT_MIME,
        Optional.empty());
  }

  /** The sender wants to hear of each success (RFC 3461). */
  public static Envelope confirmed(List<? extends Target> targets) {
    var plain = envelope(targets);
    var always = new DsnRequest.Notify(true, true, true);
    var wishes = new HashMap<EmailAddress, DsnRequest.OfRecipient>();
    for (var recipient : plain.recipients()) {
      wishes.put(recipient, new DsnRequest.OfRecipient(Optional.of(always), Optional.empty()));
    }
    return plain.with(false, new DsnRequest(DsnRequest.Returned.UNSAID, Optional.empty(), wishes));
  }

  public static SpoolRecord record(QueueId id, long sizeBytes, Target... targets) {
    return record(id, sizeBytes, List.of(HOLDER), new Origin.Accepted(), targets);
  }

  public static SpoolRecord record(
      QueueId id, long sizeBytes, List<Holder> holders, Origin origin, Target... targets) {
    var list = List.of(targets);
    var entry =
        new SpoolEntry(
            id,
            envelope(list),
            list.stream().map(t -> new Delivery(t, new State.Pending(""))).toList(),
            sizeBytes,
            0,
            id.time(),
            false);
    return new SpoolRecord(entry, holders, 1, origin, new Warning.NotYet());
  }

  public static MessageBody.InMemory body(RandomGenerator random, int sizeBytes) {
    var bytes = new byte[sizeBytes];
    random.nextBytes(bytes);
    return new MessageBody.InMemory(bytes);
  }
}
