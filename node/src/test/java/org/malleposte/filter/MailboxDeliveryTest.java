package org.malleposte.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;
import org.malleposte.routing.Target;

class MailboxDeliveryTest {
  private static final EmailAddress LIST = EmailAddress.parse("list@here.test");

  private final FakeMailboxStore store = new FakeMailboxStore();
  private final MailboxDelivery delivery =
      new MailboxDelivery(store, _ -> "shard", event -> assertThat(event).isNotNull());

  @Test
  void theReturnPathIsTheSenderOrTheOwnerOfTheList() throws IOException {
    deliver(
        new Target.Local(new AccountName("alice"), EmailAddress.parse("alice@here.test")),
        new Target.Local(
            new AccountName("bob"), LIST, Optional.of(EmailAddress.parse("owner@here.test"))));

    assertThat(inbox("alice"))
        .isEqualTo("Return-Path: <a@far.test>\r\nDelivered-To: alice@here.test\r\nX: y\r\n\r\n");
    assertThat(inbox("bob"))
        .isEqualTo(
            "Return-Path: <owner@here.test>\r\nDelivered-To: list@here.test\r\nX: y\r\n\r\n");
  }

  private void deliver(Target.Local... targets) {
    var envelope =
        new Envelope(
            ReversePath.of(EmailAddress.parse("a@far.test")),
            List.of(LIST),
            new Envelope.Client("192.0.2.7", "far.test", "ESMTP"),
            Envelope.BodyType.EIGHT_BIT_MIME,
            Optional.empty());
    var id = QueueId.create(Instant.parse("2026-05-04T10:00:00Z"), new Random(1));
    var body = new MessageBody.InMemory("X: y\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(delivery.deliver(id, List.of(targets), envelope, body, Duration.ofSeconds(1)).join())
        .hasSize(targets.length);
  }

  private String inbox(String account) throws IOException {
    var name = new AccountName(account);
    long inbox = store.find(name, MailboxName.INBOX).orElseThrow().id();
    var found = new ArrayList<Message>();
    store.messages(name, inbox, UidSet.of(1), found::add);
    try (var body = store.openBody(name, found.getFirst().blob())) {
      return new String(body.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
