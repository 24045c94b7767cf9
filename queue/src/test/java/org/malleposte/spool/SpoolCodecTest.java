package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.DsnRequest;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolRecord.Origin;

class SpoolCodecTest {
  private static final SpoolRecord PLAIN =
      Mails.record(Mails.id(1), 10, List.of(), new Origin.Accepted(), Mails.local("alice"));

  private static SpoolRecord with(boolean smtpUtf8, DsnRequest dsn) {
    var entry = PLAIN.entry();
    return PLAIN.withEntry(entry.withEnvelope(entry.envelope().with(smtpUtf8, dsn)));
  }

  @Test
  void extensionsOfTheEnvelopeAreKept() {
    var alice = Mails.local("alice").original();
    for (var returned : DsnRequest.Returned.values()) {
      for (var notify :
          List.of(
              Optional.<DsnRequest.Notify>empty(),
              Optional.of(DsnRequest.Notify.NEVER),
              Optional.of(new DsnRequest.Notify(true, false, true)))) {
        var wishes = new DsnRequest.OfRecipient(notify, Optional.of("rfc822;a@b.test"));
        var record = with(true, new DsnRequest(returned, Optional.of("id"), Map.of(alice, wishes)));
        assertThat(SpoolCodec.decode(SpoolCodec.encode(record))).isEqualTo(record);
      }
    }
    assertThat(SpoolCodec.decode(SpoolCodec.encode(PLAIN))).isEqualTo(PLAIN);
  }

  @Test
  void ownersOfListsAreKept() {
    var owner = Optional.of(Mails.address("owner@here.test"));
    var alice = new Target.Local(new AccountName("alice"), Mails.address("list@a.test"), owner);
    var bob = new Target.Remote(Mails.address("b@far.test"), Mails.address("list@a.test"), owner);
    var record = Mails.record(Mails.id(1), 10, alice, Mails.local("carol"), bob);
    var back = SpoolCodec.decode(SpoolCodec.encode(record));
    assertThat(back).isEqualTo(record);
    assertThat(back.entry().pending().stream().map(Target::owner))
        .containsExactly(owner, Optional.empty(), owner);
    // Minor 1 knew no owners: to it the sender answers for all.
    byte[] older = SpoolCodec.encode(record);
    older[1] = 1;
    assertThat(SpoolCodec.decode(older).entry().pending().stream().map(Target::owner))
        .containsOnly(Optional.empty());
  }

  @Test
  void anOlderMinorReadsAConfirmationAsDelivered() {
    var confirming = new SpoolEntry.State.Confirming(true, "ok", Mails.id(9));
    var entry = PLAIN.entry();
    var record =
        PLAIN.withEntry(
            new SpoolEntry(
                entry.id(),
                entry.envelope(),
                List.of(
                    entry.deliveries().getFirst(),
                    new SpoolEntry.Delivery(Mails.remote("b@far.test"), confirming)),
                entry.sizeBytes(),
                entry.attempts(),
                entry.nextAttempt(),
                entry.held()));
    byte[] bytes = SpoolCodec.encode(record);
    assertThat(SpoolCodec.decode(bytes)).isEqualTo(record);
    // As minor 0 sees it: the same fields, and what it does not know behind them.
    byte[] older = bytes.clone();
    older[1] = 0;
    assertThat(SpoolCodec.decode(older).entry().deliveries().getLast().state())
        .isEqualTo(new SpoolEntry.State.Delivered());
  }

  @Test
  void whatAnOlderMinorWroteIsReadAndWrittenAsItWas() {
    byte[] old = SpoolCodec.encode(new SpoolCodec.Stored(PLAIN, 0, new byte[0]));
    var stored = SpoolCodec.decodeStored(old);
    assertThat(stored.record()).isEqualTo(PLAIN);
    assertThat(SpoolCodec.encode(stored)).isEqualTo(old);
    assertThat(SpoolCodec.encode(PLAIN).length).isGreaterThan(old.length);
  }

  @Test
  void whatANewerMinorWroteIsKept() {
    byte[] newer =
        SpoolCodec.encode(new SpoolCodec.Stored(PLAIN, SpoolCodec.MINOR + 1, new byte[] {7, 8, 9}));
    var stored = SpoolCodec.decodeStored(newer);
    assertThat(stored.record()).isEqualTo(PLAIN);
    assertThat(SpoolCodec.encode(stored)).isEqualTo(newer);
  }
}
