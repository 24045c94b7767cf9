package org.malleposte.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.SpoolEntry;

/** {@code mail.smart-host} and {@code SMART_HOST}. */
class SmartHostsTest {
  private static final EmailAddress ADDRESS = EmailAddress.parse("alice@far.example");
  private static final Target ALICE = new Target.Remote(ADDRESS, ADDRESS);
  private static final List<Domain> NOTHING_ASKED = List.of();

  private final List<Domain> asked = new ArrayList<>();

  /** The first that answers takes the mail; a domain is looked up by its MX. */
  @Test
  void severalAreTriedInOrder() throws Exception {
    try (var smart = new ScriptedHost(SmartHostsTest::taking)) {
      var port = smart.address().getPort();
      var isp = new NextHop.Exchangers(Domain.of("isp.example"), port);

      assertThat(deliver(mx(smart), new NextHop.Host("no-such-host.invalid", 25), isp))
          .isInstanceOf(DeliveryOutcome.Delivered.class);
      assertThat(asked).containsExactly(Domain.of("isp.example"));
    }
  }

  @Test
  void aHostInBracketsIsNotLookedUpByItsMx() throws Exception {
    try (var smart = new ScriptedHost(SmartHostsTest::taking)) {
      var host = new NextHop.Host("127.0.0.1", smart.address().getPort());

      assertThat(deliver(new MxLookup.Answer.NoSuchDomain(), host))
          .isInstanceOf(DeliveryOutcome.Delivered.class);
      assertThat(asked).isEqualTo(NOTHING_ASKED);
    }
  }

  /** The postmaster's mistake is no reason to bounce his users' mail. */
  @Test
  void aSmartHostThatDoesNotExistKeepsTheMail() throws Exception {
    assertThat(
            deliver(
                new MxLookup.Answer.NoSuchDomain(),
                new NextHop.Exchangers(Domain.of("ips.example"), 25)))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  @Test
  void listsAreReadAndWritten() {
    List<NextHop> hops =
        NextHop.parse("relay.example.org:587, [2001:db8::1]:25,mx:isp.example, mx:b.example:26");
    assertThat(hops)
        .containsExactly(
            new NextHop.Host("relay.example.org", 587),
            new NextHop.Host("2001:db8::1", 25),
            new NextHop.Exchangers(Domain.of("isp.example"), 25),
            new NextHop.Exchangers(Domain.of("b.example"), 26));
    assertThat(NextHop.parse(String.join(",", hops.stream().map(Object::toString).toList())))
        .isEqualTo(hops);
    for (String wrong : List.of("", "relay.example.org", "a:b:25", "a:0", "mx:", "a:25,,b:25")) {
      assertThatThrownBy(() -> NextHop.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private DeliveryOutcome deliver(MxLookup.Answer answer, NextHop... hops) throws Exception {
    var delivery =
        new SmtpDelivery(
            new SmtpDelivery.Settings("here.example", List.of(hops), 1, "self.example"::equals),
            domain -> {
              asked.add(domain);
              return answer;
            },
            SSLContext.getDefault(),
            new Patient());
    var body =
        new MessageBody.InMemory("Subject: x\r\n\r\nhi\r\n".getBytes(StandardCharsets.UTF_8));
    var envelope =
        new Envelope(
            ReversePath.NULL,
            List.of(ADDRESS),
            new Envelope.Client("127.0.0.1", "x", "ESMTP"),
            Envelope.BodyType.SEVEN_BIT,
            Optional.empty());
    var entry =
        new SpoolEntry(
            QueueId.create(Instant.EPOCH, new Random(1)),
            envelope,
            List.of(),
            body.sizeBytes(),
            0,
            Instant.EPOCH,
            false);
    return delivery.deliver(entry, List.of(ALICE), body).get(ALICE);
  }

  private static String taking(String line) {
    return Map.of("(greeting)", "220 smart.example", "EHLO", "250 smart.example", "DATA", "354 go")
        .getOrDefault(line.split(" ")[0], "250 2.0.0 ok");
  }

  private static MxLookup.Answer mx(ScriptedHost host) {
    return new MxLookup.Answer.Hosts(
        List.of(new MxLookup.Exchanger("smart.example", 10, List.of(host.address().getAddress()))));
  }

  /** Nothing here takes too long. */
  private static final class Patient implements Timers {
    @Override
    public Timer after(Duration delay, Runnable task) {
      return () -> {};
    }

    @Override
    public Timer every(Duration period, Runnable task) {
      return () -> {};
    }
  }
}
