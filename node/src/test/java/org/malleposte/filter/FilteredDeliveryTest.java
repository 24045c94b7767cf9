package org.malleposte.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery.LocalOutcome;
import org.malleposte.handover.CommitRule;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;
import org.malleposte.routing.Router;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.Target;
import org.malleposte.runtime.BlockingLane;

class FilteredDeliveryTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final EmailAddress ADDRESS = EmailAddress.parse("alice@here.test");
  private static final String MAIL =
      "Received: from far\r\nTo: alice@here.test\r\nSubject: hello\r\nMessage-ID: <1@far>\r\n\r\nx\r\n";

  private final FakeMailboxStore store = new FakeMailboxStore();
  private final MemoryProperties properties = new MemoryProperties();
  private final BlockingLane lane = new BlockingLane("test-filter", 2, 1000);
  private final Random random = new Random(1);
  private final Map<QueueId, String> sent = new LinkedHashMap<>();
  private final List<ReversePath> senders = new ArrayList<>();
  private Instant now = Instant.parse("2026-05-04T10:00:00Z");
  private boolean safe = true;

  private final FilteredDelivery delivery =
      new FilteredDelivery(
          new FilteredDelivery.Parts(
              new MailboxDelivery(store, _ -> "shard", _ -> {}),
              store,
              (_, _) -> Optional.empty(),
              new AccountScripts(properties, GlobalScripts.NONE),
              new FilterMemory(properties),
              new OwnMail("mx1.here.test", new Routes(), Rule::new),
              lane,
              "mx1.here.test",
              25,
              () -> now));

  private static final class Routes implements Router {
    @Override
    public Verdict onConnect(Peer peer) {
      return new Verdict.Pass();
    }

    @Override
    public Verdict onSender(Peer peer, ReversePath from) {
      return new Verdict.Pass();
    }

    @Override
    public RoutingDecision onRecipient(Peer peer, ReversePath from, EmailAddress recipient) {
      return ownMail(recipient);
    }

    @Override
    public RoutingDecision ownMail(EmailAddress recipient) {
      return recipient.localPart().equals("nobody")
          ? new RoutingDecision.Refuse(550, new EnhancedStatus(5, 1, 1), "unknown", List.of())
          : new RoutingDecision.Accept(List.of(new Target.Remote(recipient, recipient)), List.of());
    }
  }

  /** Takes what it is given, once by id. */
  private final class Rule implements CommitRule {
    @Override
    public CompletableFuture<CommitOutcome> commit(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body) {
      if (!safe) {
        return CompletableFuture.completedFuture(new CommitOutcome.NotSafe("no"));
      }
      try {
        if (sent.put(id, new String(body.readAll(), StandardCharsets.UTF_8)) == null) {
          senders.add(envelope.from());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return CompletableFuture.completedFuture(new CommitOutcome.Committed(id));
    }

    @Override
    public CompletableFuture<CommitOutcome> hold(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason) {
      throw new IllegalStateException("nothing is held");
    }
  }

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void whoHasNoScriptHasAllInTheInbox() {
    assertThat(deliver(id(), MAIL)).isInstanceOf(LocalOutcome.Stored.class);
    assertThat(count("INBOX")).isEqualTo(1);
  }

  @Test
  void aRepeatChangesNothing() {
    store.create(ALICE, new MailboxName("A")).join();
    script(
        "require [\"fileinto\", \"copy\", \"mailbox\", \"vacation\"];"
            + "fileinto \"A\"; fileinto :create \"B\"; keep; redirect :copy \"x@far.test\";"
            + "vacation \"away\";");
    var id = id();
    deliver(id, MAIL);
    assertThat(deliver(id, MAIL)).isEqualTo(new LocalOutcome.Stored(true));
    deliver(id, MAIL);

    assertThat(List.of(count("A"), count("B"), count("INBOX"))).containsExactly(1, 1, 1);
    assertThat(sent).hasSize(2);
    assertThat(senders)
        .containsExactly(ReversePath.of(EmailAddress.parse("a@far.test")), ReversePath.NULL);
  }

  @Test
  void whatCannotBeSentOnIsTriedAgainWithoutASecondCopy() {
    script("require \"copy\"; redirect :copy \"x@far.test\";");
    var id = id();
    safe = false;
    assertThat(deliver(id, MAIL)).isInstanceOf(LocalOutcome.Deferred.class);
    safe = true;
    assertThat(deliver(id, MAIL)).isInstanceOf(LocalOutcome.Stored.class);
    assertThat(count("INBOX")).isEqualTo(1);
    assertThat(sent).hasSize(1);
  }

  @Test
  void aStoreThatIsAwayIsUnavailable() {
    script("require \"fileinto\"; fileinto \"A\";");
    store.setWritable(false);
    assertThat(deliver(id(), MAIL)).isInstanceOf(LocalOutcome.Unavailable.class);
  }

  @Test
  void aScriptThatIsChangedBetweenMakesNoSecondCopyInOneMailbox() {
    List.of("A", "B").forEach(name -> store.create(ALICE, new MailboxName(name)).join());
    script("require \"fileinto\"; fileinto \"A\"; fileinto \"B\";");
    var id = id();
    deliver(id, MAIL);
    script("require \"fileinto\"; fileinto \"B\"; fileinto \"A\";");
    deliver(id, MAIL);
    script("discard;");
    deliver(id, MAIL);
    assertThat(List.of(count("A"), count("B"), count("INBOX"))).containsExactly(1, 1, 0);
  }

  @Test
  void aMailboxThatDoesNotExistIsTheInbox() {
    script("require \"fileinto\"; fileinto \"Gone\"; fileinto \"Also gone\"; keep;");
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
  }

  @Test
  void discardIsStoredNowhere() {
    script("discard;");
    assertThat(deliver(id(), MAIL)).isEqualTo(new LocalOutcome.Stored(false));
    assertThat(count("INBOX")).isZero();
  }

  @Test
  void rejectFailsTheRecipient() {
    script("require \"reject\"; reject \"Go away,\r\n please \u00fc\";");
    assertThat(deliver(id(), MAIL))
        .isEqualTo(new LocalOutcome.Failed(new EnhancedStatus(5, 7, 1), "Go away, please ?"));
  }

  @Test
  void aScriptThatFailsKeepsTheMail() {
    script("require [\"include\", \"fileinto\"]; fileinto \"A\"; include \"nothing\";");
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
  }

  @Test
  void aLoopOfRedirectsEndsInTheInbox() {
    script("redirect \"bob@here.test\";");
    deliver(id(), MAIL);
    String redirected = sent.values().iterator().next();
    assertThat(redirected).contains("X-Sieve-Redirected-From: alice@here.test\r\n").endsWith(MAIL);
    assertThat(count("INBOX")).isZero();

    deliver(id(), redirected);
    assertThat(sent).hasSize(1);
    assertThat(count("INBOX")).isEqualTo(1);

    deliver(id(), "Received: x\r\n".repeat(25) + MAIL);
    assertThat(sent).hasSize(1);
    assertThat(count("INBOX")).isEqualTo(2);
  }

  @Test
  void whatTheTablesRefuseIsKept() {
    script("redirect \"nobody@here.test\";");
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
  }

  @Test
  void aSenderHasOneAnswerInAWhile() {
    script("require \"vacation\"; vacation :days 2 :subject \"Gr\u00fc\u00dfe\" \"away\";");
    deliver(id(), MAIL);
    deliver(id(), MAIL);
    assertThat(sent).hasSize(1);
    assertThat(sent.values().iterator().next())
        .contains("From: <alice@here.test>\r\nTo: <a@far.test>\r\n")
        .contains("Subject: =?utf-8?B?")
        .contains("In-Reply-To: <1@far>\r\nReferences: <1@far>\r\n")
        .contains("Auto-Submitted: auto-replied (vacation)\r\n")
        .endsWith("YXdheQ==\r\n");

    now = now.plus(Duration.ofDays(2));
    deliver(id(), MAIL);
    assertThat(sent).hasSize(2);
  }

  @Test
  void eachRecipientOfAMailAnswersForHimself() {
    var bob = new Target.Local(new AccountName("bob"), EmailAddress.parse("bob@here.test"));
    script("require \"vacation\"; vacation \"away\";");
    properties.activate(bob.account(), "main", "require \"vacation\"; vacation \"ill\";");
    var id = id();
    String mail = MAIL.replace("To: ", "To: bob@here.test, ");
    deliver(id, mail);
    deliver(id, mail, "a@far.test", bob);
    deliver(id, mail, "a@far.test", bob);
    assertThat(sent).hasSize(2);
  }

  @Test
  void theMemoryOfAnswersIsBounded() {
    script("require \"vacation\"; vacation \"away\";");
    for (int i = 0; i < FilterMemory.FACTS_MAX + 20; i++) {
      deliver(id(), MAIL, "sender" + i + "@far.test");
    }
    assertThat(sent).hasSize(FilterMemory.FACTS_MAX);
    assertThat(properties.properties(ALICE, ScriptKeys.VACATION)).hasSize(FilterMemory.FACTS_MAX);

    now = now.plus(Duration.ofDays(8));
    deliver(id(), MAIL, "late@far.test");
    assertThat(sent).hasSize(FilterMemory.FACTS_MAX + 1);
  }

  @Test
  void aDuplicateIsAnotherMailNotARepeat() {
    script("require \"duplicate\"; if duplicate { discard; }");
    var id = id();
    deliver(id, MAIL);
    deliver(id, MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
    deliver(id(), MAIL.replace("<1@far>", "<2@far>"));
    assertThat(count("INBOX")).isEqualTo(2);
  }

  @Test
  void anEditedHeaderIsStoredAndTheBodyStays() throws IOException {
    script(
        "require \"editheader\"; deleteheader \"received\"; deleteheader \"to\"; addheader \"X-A\" \"1\";");
    deliver(id(), MAIL);
    assertThat(text("INBOX"))
        .isEqualTo(
            "Return-Path: <a@far.test>\r\nDelivered-To: alice@here.test\r\nX-A: 1\r\n"
                + "Received: from far\r\nSubject: hello\r\nMessage-ID: <1@far>\r\n\r\nx\r\n");
  }

  @Test
  void anIncludedScriptThatChangesIsNoticed() {
    script("require \"include\"; include \"other\";");
    properties.setProperty(
        ALICE,
        ScriptKeys.script("other"),
        Optional.of("discard;".getBytes(StandardCharsets.UTF_8)));
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isZero();
    properties.setProperty(
        ALICE, ScriptKeys.script("other"), Optional.of("keep;".getBytes(StandardCharsets.UTF_8)));
    deliver(id(), MAIL);
    assertThat(count("INBOX")).isEqualTo(1);
  }

  private void script(String text) {
    properties.activate(ALICE, "main", text);
  }

  private QueueId id() {
    return QueueId.create(now, random);
  }

  private LocalOutcome deliver(QueueId id, String mail) {
    return deliver(id, mail, "a@far.test");
  }

  private LocalOutcome deliver(QueueId id, String mail, String from) {
    return deliver(id, mail, from, new Target.Local(ALICE, ADDRESS));
  }

  private LocalOutcome deliver(QueueId id, String mail, String from, Target.Local target) {
    var envelope =
        new Envelope(
            ReversePath.of(EmailAddress.parse(from)),
            List.of(ADDRESS),
            new Envelope.Client("192.0.2.7", "far.test", "ESMTP"),
            Envelope.BodyType.EIGHT_BIT_MIME,
            Optional.empty());
    var body = new MessageBody.InMemory(mail.getBytes(StandardCharsets.UTF_8));
    return delivery
        .deliver(id, List.of(target), envelope, body, Duration.ofSeconds(20))
        .join()
        .get(target);
  }

  private int count(String mailbox) {
    return store.find(ALICE, new MailboxName(mailbox)).map(box -> box.messages()).orElse(0);
  }

  private String text(String mailbox) throws IOException {
    long id = store.find(ALICE, new MailboxName(mailbox)).orElseThrow().id();
    var found = new ArrayList<Message>();
    store.messages(ALICE, id, UidSet.of(1), found::add);
    try (var body = store.openBody(ALICE, found.getFirst().blob())) {
      return new String(body.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
