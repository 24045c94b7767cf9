package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.config.Listener;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.RoutingDecision.DiscardMail;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.routing.RoutingDecision.Refuse;
import org.malleposte.smtp.SmtpClient.TlsInfo;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;
import org.malleposte.smtp.SmtpSession.Offer;
import org.malleposte.smtp.SmtpSession.Wants;
import org.malleposte.smtp.SmtpSettings.Telling;
import org.malleposte.trace.MailEvent;

/** What the transcripts cannot show: clients from elsewhere, steps, answers out of order. */
class SmtpSessionTest {
  private static final TlsInfo TLS =
      new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", new SaslLink.Bare(true, false));
  private static final List<Evidence> WHY = List.of(new Evidence("access", 7, "192.0.2 REJECT"));
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final FakeRouter router = new FakeRouter();
  private SmtpSession session = session(offer(true, false));

  @Test
  void noPasswordIsAskedForInClear() {
    arrive(new Verdict.Pass());
    assertThat(line("EHLO client.test")).contains("STARTTLS").doesNotContain("AUTH");
    assertThat(line("AUTH PLAIN AGFsaWNlAHNlY3JldA=="))
        .startsWith("538 5.7.11 Encryption required for authentication");
    session.on(command("STARTTLS"));
    session.on(new SmtpEvent.TlsStarted(TLS));
    assertThat(line("EHLO client.test")).doesNotContain("STARTTLS").contains("AUTH");
  }

  @Test
  void whoDoesNotWaitForTheGreetingGetsNothingIn() {
    session.start();
    var pause = Duration.ofSeconds(5);
    assertThat(session.on(new SmtpEvent.Arrived(Optional.empty(), new Verdict.Pass(), pause)))
        .containsExactly(new SmtpStep.GreetPause(pause));
    assertThat(session.wants()).isEqualTo(Wants.ANSWER);
    assertThat(replies(session.on(new SmtpEvent.GreetPauseEnded(true))))
        .startsWith("554 Not accepting messages: you talked before the greeting");
    assertThat(line("EHLO client.test")).startsWith("250");
    assertThat(line("MAIL FROM:<a@b.test>")).startsWith("550 5.0.0 Command rejected");

    session = session(offer(true, false));
    session.start();
    session.on(new SmtpEvent.Arrived(Optional.empty(), new Verdict.Pass(), pause));
    assertThat(replies(session.on(new SmtpEvent.GreetPauseEnded(false)))).startsWith("220 ");
  }

  @Test
  void startTlsNeedsACertificate() {
    session = session(offer(false, false));
    arrive(new Verdict.Pass());
    assertThat(line("EHLO client.test")).doesNotContain("STARTTLS");
    assertThat(line("STARTTLS")).startsWith("502 5.5.1 Command not implemented");
  }

  @Test
  void aRefusedClientIsGreetedAndThenRefusedAsSendmailDoesIt() {
    var refuse = new Refuse(550, EnhancedStatus.parse("5.7.1"), "Access denied", WHY);
    assertThat(replies(arrive(new Verdict.Reject(refuse)))).startsWith("220 ");
    assertThat(line("EHLO client.test")).startsWith("250");
    assertThat(line("NOOP")).startsWith("250");
    assertThat(line("MAIL FROM:<a@b.test>")).startsWith("550 5.7.1 Access denied");
    assertThat(line("RCPT TO:<alice@mx.test>")).startsWith("550 5.7.1 Access denied");
    assertThat(line("QUIT")).startsWith("221");
  }

  @Test
  void arejectionWith421IsTheGreetingAndTheEnd() {
    var refuse = new Refuse(421, EnhancedStatus.parse("4.7.1"), "Not now", WHY);
    List<SmtpStep> steps = arrive(new Verdict.Reject(refuse));
    assertThat(replies(steps)).startsWith("421 4.7.1 Not now");
    assertThat(steps).last().isInstanceOf(SmtpStep.Close.class);
    assertThat(session.wants()).isEqualTo(Wants.NOTHING);
  }

  @Test
  void aDiscardedSessionTakesAllAndKeepsNothing() {
    arrive(new Verdict.DiscardAll(new DiscardMail(WHY)));
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<nobody@mx.test>");
    List<SmtpStep> steps = body(false);
    assertThat(replies(steps)).startsWith("250 2.0.0 ");
    assertThat(steps).hasAtLeastOneElementOfType(SmtpStep.DropBody.class);
    assertThat(steps).noneMatch(SmtpStep.Commit.class::isInstance);
    assertThat(steps)
        .filteredOn(SmtpStep.Note.class::isInstance)
        .singleElement()
        .satisfies(note -> assertThat(note.toString()).contains("nobody@mx.test", "access:7"));
  }

  @Test
  void discardForOneRecipientInAccessDropsTheMailForAll() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>", "RCPT TO:<trap@mx.test>");
    List<SmtpStep> steps = body(false);
    assertThat(steps).noneMatch(SmtpStep.Commit.class::isInstance);
    assertThat(steps).filteredOn(SmtpStep.Note.class::isInstance).hasSize(2);
  }

  @Test
  void anAliasToDevNullDropsOne() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>", "RCPT TO:<null@mx.test>");
    List<SmtpStep> steps = body(false);
    var commit = (SmtpStep.Commit) steps.getLast();
    assertThat(commit.envelope().recipients()).hasToString("[alice@mx.test]");
    assertThat(steps)
        .filteredOn(SmtpStep.Note.class::isInstance)
        .singleElement()
        .extracting(note -> ((SmtpStep.Note) note).event())
        .isInstanceOf(MailEvent.Discarded.class);
  }

  @Test
  void quarantineHoldsTheWholeMail() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>", "RCPT TO:<held@mx.test>");
    assertThat(((SmtpStep.Commit) body(false).getLast()).hold()).contains("held");

    answer(new CommitOutcome.Committed(id()));
    mail("MAIL FROM:<suspect@b.test>", "RCPT TO:<alice@mx.test>");
    assertThat(((SmtpStep.Commit) body(false).getLast()).hold()).contains("suspect");
  }

  @Test
  void theCommitHasEnvelopeAndTrace() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>");
    var commit = (SmtpStep.Commit) body(true).getLast();
    assertThat(commit.envelope().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
    assertThat(commit.envelope().client().protocol()).isEqualTo("ESMTP");
    assertThat(commit.envelope().client().address()).isEqualTo("192.0.2.1");
    assertThat(commit.id().time()).isEqualTo(NOW);
    assertThat(new String(commit.trace(), StandardCharsets.US_ASCII))
        .isEqualTo(
            """
            Received: from client.test (client.example [192.0.2.1])
            \tby mx.test (Malleposte) with ESMTP
            \tid %s
            \tfor <alice@mx.test>;
            \tFri, 02 Jan 2026 03:04:05 +0000
            """
                .formatted(commit.id())
                .replace("\n", "\r\n"));
  }

  @Test
  void severalRecipientsAreNotShownToEachOtherAndTlsAndLoginAreTold() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    session.on(command("STARTTLS"));
    session.on(new SmtpEvent.TlsStarted(TLS));
    line("EHLO client.test");
    session.on(command("AUTH PLAIN AGFsaWNlAHNlY3JldA=="));
    session.on(
        new SmtpEvent.LoginChecked(
            new LoginAnswer.Ended(new LoginOutcome.Granted(AccountName.of("alice")))));
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>", "RCPT TO:<bob@mx.test>");
    var commit = (SmtpStep.Commit) body(false).getLast();
    assertThat(commit.envelope().client().protocol()).isEqualTo("ESMTPSA");
    assertThat(commit.envelope().authenticated()).contains(AccountName.of("alice"));
    assertThat(new String(commit.trace(), StandardCharsets.US_ASCII))
        .contains("with ESMTPSA\r\n\t(version=TLSv1.3 cipher=TLS_AES_128_GCM_SHA256)\r\n\tid ")
        .doesNotContain("for <")
        .doesNotContain("alice");
  }

  @Test
  void twoRecipientsWithOneTargetAreOneDelivery() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>", "RCPT TO:<ALICE@mx.test>");
    var commit = (SmtpStep.Commit) body(false).getLast();
    assertThat(commit.targets()).hasSize(1);
    assertThat(commit.envelope().recipients()).hasSize(2);
  }

  @Test
  void drainSparesWhoIsInTheMiddleOfAMail() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>");
    session.on(command("DATA"));
    session.on(new SmtpEvent.BodyOpened());
    assertThat(session.on(new SmtpEvent.Draining())).isEmpty();
    session.on(new SmtpEvent.BodyEnded(new BodyOutcome.Complete(10, false)));
    assertThat(session.on(new SmtpEvent.Draining())).isEmpty();
    assertThat(answer(new CommitOutcome.Committed(id()))).startsWith("250 2.0.0");
    List<SmtpStep> steps = session.on(new SmtpEvent.Draining());
    assertThat(replies(steps)).startsWith("421 4.3.2");
    assertThat(steps).last().isInstanceOf(SmtpStep.Close.class);
  }

  @Test
  void a250NeedsTheCommit() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>");
    List<SmtpStep> steps = body(false);
    assertThat(replies(steps)).isEmpty();
    assertThat(session.wants()).isEqualTo(Wants.ANSWER);
    assertThatThrownBy(() -> session.on(command("NOOP"))).isInstanceOf(IllegalStateException.class);
    assertThat(answer(new CommitOutcome.NotSafe("x"))).startsWith("451 4.3.0");
  }

  @Test
  void noMemoryForABodyIsSaidBeforeItComes() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail("MAIL FROM:<a@b.test>", "RCPT TO:<alice@mx.test>");
    session.on(command("DATA"));
    assertThat(replies(session.on(new SmtpEvent.BodyUnavailable()))).startsWith("452 4.3.1");
    assertThat(line("MAIL FROM:<a@b.test>")).startsWith("250");
  }

  @Test
  void anAnswerThatNobodyAskedForIsABug() {
    arrive(new Verdict.Pass());
    assertThatThrownBy(() -> answer(new CommitOutcome.Committed(id())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void vrfyCanBeRefused() {
    session =
        session(
            offer(true, false),
            settings(
                new SmtpSettings.Privacy(Telling.REFUSED, Telling.REFUSED, false, true, true)));
    arrive(new Verdict.Pass());
    assertThat(line("VRFY alice")).startsWith("502 5.7.0");
    assertThat(line("ETRN mx.test")).startsWith("502 5.7.0");
  }

  @Test
  void aListenerMayOfferLess() {
    var less =
        new Listener(
            "127.0.0.1",
            0,
            Listener.Tls.STARTTLS,
            false,
            Set.of(Listener.Modifier.NO_AUTH, Listener.Modifier.NO_ETRN));
    session =
        session(
            new Offer(false, less, SmtpSettings.Dialect.SMTP),
            settings(SmtpSettings.Privacy.DEFAULT));
    arrive(new Verdict.Pass());
    assertThat(line("EHLO client.test")).doesNotContain("AUTH", "ETRN");
    assertThat(line("AUTH PLAIN")).startsWith("502 5.5.1");
    assertThat(line("ETRN mx.test")).startsWith("502 5.7.0");
  }

  @Test
  void whereReceiptsAreNotGivenDsnIsNotThere() {
    session =
        session(
            offer(true, false),
            settings(new SmtpSettings.Privacy(Telling.VAGUE, Telling.REFUSED, true, false, false)));
    arrive(new Verdict.Pass());
    assertThat(line("EHLO client.test")).doesNotContain("DSN");
    assertThat(line("MAIL FROM:<a@b.test> RET=FULL")).startsWith("555 5.5.4");
    assertThat(line("MAIL FROM:<a@b.test>")).startsWith("250");
    assertThat(line("RCPT TO:<alice@mx.test> NOTIFY=SUCCESS")).startsWith("555 5.5.4");
  }

  @Test
  void vrfyAndExpnTellWhereTheyMay() {
    var telling = new SmtpSettings.Privacy(Telling.TOLD, Telling.TOLD, true, true, true);
    session = session(offer(true, false), settings(telling));
    arrive(new Verdict.Pass());
    assertThat(line("VRFY alice")).isEqualTo("250 2.1.5 <alice@mx.test>\r\n");
    assertThat(line("VRFY <alice@mx.test>")).startsWith("250 2.1.5 <alice@mx.test>");
    assertThat(line("VRFY nobody")).startsWith("550 5.1.1");
    assertThat(line("VRFY dave@elsewhere.test")).startsWith("252 2.5.2");
    assertThat(line("VRFY a b")).startsWith("501 5.1.3");
    assertThat(line("EXPN team"))
        .isEqualTo("250-2.1.5 <alice@mx.test>\r\n250 2.1.5 <dave@elsewhere.test>\r\n");
  }

  @Test
  void whatTheSenderWantsToHearIsInTheEnvelope() {
    arrive(new Verdict.Pass());
    line("EHLO client.test");
    mail(
        "MAIL FROM:<a@b.test> RET=FULL ENVID=x+2By SMTPUTF8",
        "RCPT TO:<alice@mx.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;al@b.test",
        "RCPT TO:<bob@mx.test>");
    var envelope = ((SmtpStep.Commit) body(false).getLast()).envelope();
    assertThat(envelope.smtpUtf8()).isTrue();
    assertThat(envelope.client().protocol()).isEqualTo("UTF8SMTP");
    var dsn = envelope.dsn();
    assertThat(dsn.returned()).isEqualTo(DsnRequest.Returned.FULL);
    assertThat(dsn.envelopeId()).contains("x+2By");
    var alice = EmailAddress.parse("alice@mx.test");
    assertThat(dsn.of(alice).original()).contains("rfc822;al@b.test");
    assertThat(dsn.notifyOf(alice)).isEqualTo(new DsnRequest.Notify(true, false, true));
    assertThat(dsn.notifyOf(EmailAddress.parse("bob@mx.test"))).isEqualTo(DsnRequest.Notify.UNSAID);
  }

  @Test
  void whoMakesManyMistakesWaitsForEachFurtherReply() {
    arrive(new Verdict.Pass());
    for (int i = 0; i < SmtpLimits.defaults().counts().errorsBeforeDelay(); i++) {
      assertThat(session.on(command("FOO"))).noneMatch(SmtpStep.Pause.class::isInstance);
    }
    assertThat(session.on(command("FOO")).getFirst())
        .isEqualTo(new SmtpStep.Pause(SmtpLimits.defaults().times().tarpit()));
    assertThat(session.on(command("NOOP"))).noneMatch(SmtpStep.Pause.class::isInstance);
  }

  @Test
  void aBugClosesWith421() {
    arrive(new Verdict.Pass());
    List<SmtpStep> steps = session.on(new SmtpEvent.Failed());
    assertThat(replies(steps)).startsWith("421 4.3.0");
    assertThat(steps).last().isInstanceOf(SmtpStep.Close.class);
  }

  @Test
  void passwordsAreNotPrinted() {
    arrive(new Verdict.Pass());
    assertThat(new SmtpStep.AskLogin(new LoginQuestion.Password("alice", "secret")).toString())
        .doesNotContain("secret");
    assertThat(new SmtpEvent.SaslLine("c2VjcmV0").toString()).doesNotContain("c2VjcmV0");
  }

  private static SmtpSession session(Offer offer) {
    return session(offer, settings(SmtpSettings.Privacy.DEFAULT));
  }

  private static Offer offer(boolean startTls, boolean submission) {
    var listener = new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, submission);
    return new Offer(startTls, listener, SmtpSettings.Dialect.SMTP);
  }

  private static SmtpSettings settings(SmtpSettings.Privacy privacy) {
    return new SmtpSettings(
        Domain.of("mx.test"),
        new LoginMessage(LoginMessage.DEFAULT, "test"),
        List.of(),
        List.of(),
        privacy,
        SmtpLimits.defaults(),
        TestMechanisms.byDefault());
  }

  private static SmtpSession session(Offer offer, SmtpSettings settings) {
    var client =
        new SmtpClient("192.0.2.1", false, Optional.empty(), Optional.empty(), Optional.empty());
    return new SmtpSession(settings, offer, client, () -> NOW, new SplittableRandom(1));
  }

  private List<SmtpStep> arrive(Verdict verdict) {
    session.start();
    return session.on(new SmtpEvent.Arrived(Optional.of("client.example"), verdict, Duration.ZERO));
  }

  /** Answers what the session asks the router. */
  private String line(String text) {
    List<SmtpStep> steps = session.on(command(text));
    return switch (steps.getFirst()) {
      case SmtpStep.AskSender(var peer, var from, _) ->
          replies(session.on(new SmtpEvent.SenderChecked(router.onSender(peer, from))));
      case SmtpStep.AskRecipient(var peer, var from, var to) -> {
        RoutingDecision decision = router.onRecipient(peer, from, to);
        yield replies(session.on(new SmtpEvent.RecipientChecked(decision)));
      }
      case SmtpStep.AskVerify(var address) ->
          replies(session.on(new SmtpEvent.Verified(router.ownMail(address))));
      default -> replies(steps);
    };
  }

  private void mail(String... lines) {
    for (String line : lines) {
      assertThat(line(line)).startsWith("250");
    }
  }

  private List<SmtpStep> body(boolean eightBit) {
    session.on(command("DATA"));
    assertThat(replies(session.on(new SmtpEvent.BodyOpened()))).startsWith("354");
    return session.on(new SmtpEvent.BodyEnded(new BodyOutcome.Complete(10, eightBit)));
  }

  private String answer(CommitOutcome outcome) {
    return replies(session.on(new SmtpEvent.Committed(outcome)));
  }

  private static QueueId id() {
    return QueueId.create(NOW, new SplittableRandom(2));
  }

  private static SmtpCommand command(String line) {
    return SmtpCommandParser.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  private static String replies(List<SmtpStep> steps) {
    var text = new StringBuilder();
    for (SmtpStep step : steps) {
      if (step instanceof SmtpStep.Send(var reply)) {
        text.append(new String(reply.encode(), StandardCharsets.US_ASCII));
      }
    }
    return text.toString();
  }
}
