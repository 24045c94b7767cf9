package org.malleposte.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryOutcome.Reach;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.Envelope;
import org.malleposte.routing.Target;
import org.malleposte.spool.Mails;

class FormedDeliveryTest {
  private record Handed(Envelope envelope, List<Target> targets) {}

  private final List<Handed> handed = new ArrayList<>();

  @Test
  void eachOwnerOfAListIsTheSenderOfItsMembersMail() {
    var list = Mails.address("list@here.test");
    var owner = Mails.address("owner@here.test");
    var plain = Mails.remote("a@far.test");
    var member = new Target.Remote(Mails.address("b@far.test"), list, Optional.of(owner));
    var another = new Target.Remote(Mails.address("c@far.test"), list, Optional.of(owner));
    List<Target> targets = List.of(member, plain, another);
    var entry = Mails.record(Mails.id(1), 1, member, plain, another).entry();
    var confirmed = entry.withEnvelope(Mails.confirmed(targets));
    var agent =
        new FormedDelivery(
            (mail, some, _) -> {
              handed.add(new Handed(mail.envelope(), some));
              var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
              some.forEach(
                  t -> outcomes.put(t, new DeliveryOutcome.Delivered("ok", Reach.OTHER_HOST)));
              return outcomes;
            },
            () -> OutboundForm.UNCHANGED);

    var outcomes = agent.deliver(confirmed, targets, new MessageBody.InMemory(new byte[] {1}));

    assertThat(outcomes).containsOnlyKeys(member, plain, another);
    assertThat(handed)
        .containsExactly(
            new Handed(confirmed.envelope().sentOnBy(owner), List.of(member, another)),
            new Handed(confirmed.envelope(), List.of(plain)));
    // RFC 3461 §5.2.7.3: the wishes of the first sender end with the list.
    assertThat(handed.getFirst().envelope().dsn()).isEqualTo(DsnRequest.NONE);
    assertThat(handed.getFirst().envelope().from().address()).contains(owner);
  }
}
