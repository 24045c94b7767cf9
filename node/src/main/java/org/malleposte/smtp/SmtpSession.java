package org.malleposte.smtp;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;
import org.malleposte.smtp.SmtpState.Arriving;
import org.malleposte.smtp.SmtpState.Authenticating;
import org.malleposte.smtp.SmtpState.CheckingLogin;
import org.malleposte.smtp.SmtpState.CheckingRecipient;
import org.malleposte.smtp.SmtpState.CheckingSender;
import org.malleposte.smtp.SmtpState.Closed;
import org.malleposte.smtp.SmtpState.Committing;
import org.malleposte.smtp.SmtpState.Connected;
import org.malleposte.smtp.SmtpState.Greeted;
import org.malleposte.smtp.SmtpState.Hello;
import org.malleposte.smtp.SmtpState.InMail;
import org.malleposte.smtp.SmtpState.OpeningBody;
import org.malleposte.smtp.SmtpState.Ready;
import org.malleposte.smtp.SmtpState.Receiving;
import org.malleposte.smtp.SmtpState.StartingTls;

/**
 * One SMTP session (RFC 5321): a command or an event in, steps out. Does no I/O; the connection
 * performs the steps in order, and takes its next command only when {@link #wants} says so.
 *
 * <p>A 250 after DATA comes from one place, {@link #committed}, and from what the postmaster has
 * said to throw away.
 */
final class SmtpSession {
  /** What the session can take next. */
  enum Wants {
    COMMAND,
    SASL_LINE,
    BODY,
    /** The answer to its ask. */
    ANSWER,
    NOTHING
  }

  /**
   * What the listener allows.
   *
   * @param startTls whether it can be offered: there is a certificate and it is not TLS already
   * @param submission AUTH before MAIL (RFC 6409 §4.3)
   */
  record Offer(boolean startTls, boolean submission) {}

  private final SmtpSettings settings;
  private final Offer offer;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SessionCounts counts;
  private final SmtpLogin login;
  private SmtpClient client;
  private Verdict verdict = new Verdict.Pass();
  private SmtpState state = new Arriving();

  /**
   * @param random for queue ids
   */
  SmtpSession(
      SmtpSettings settings,
      Offer offer,
      SmtpClient client,
      InstantSource clock,
      RandomGenerator random) {
    this.settings = settings;
    this.offer = offer;
    this.client = client;
    this.clock = clock;
    this.random = random;
    counts = new SessionCounts(settings.limits().counts());
    login = new SmtpLogin(settings.sasl());
  }

  SmtpClient client() {
    return client;
  }

  Wants wants() {
    return switch (state) {
      case Ready _ -> Wants.COMMAND;
      case Authenticating _ -> Wants.SASL_LINE;
      case Receiving _ -> Wants.BODY;
      case Arriving _,
          CheckingSender _,
          CheckingRecipient _,
          OpeningBody _,
          Committing _,
          CheckingLogin _,
          StartingTls _ ->
          Wants.ANSWER;
      case Closed _ -> Wants.NOTHING;
    };
  }

  List<SmtpStep> start() {
    return List.of(new SmtpStep.AskArrival(client.peer()));
  }

  List<SmtpStep> on(SmtpCommand command) {
    Ready ready = as(Ready.class);
    if (verdict instanceof Verdict.Reject(var refuse) && !isAnsweredToTheRefused(command)) {
      return error(SmtpReplies.of(refuse));
    }
    return switch (command) {
      case SmtpCommand.Ehlo(var name) -> hello(new Hello(name, true));
      case SmtpCommand.Helo(var name) -> hello(new Hello(name, false));
      case SmtpCommand.Mail mail -> mail(ready, mail);
      case SmtpCommand.Rcpt(var to) -> rcpt(to);
      case SmtpCommand.Data _ -> data();
      case SmtpCommand.Rset _ -> rset();
      case SmtpCommand.Noop _ -> idle(SmtpReplies.OK);
      case SmtpCommand.Help _ -> idle(SmtpReplies.HELP);
      case SmtpCommand.Vrfy _ ->
          switch (settings.vrfy()) {
            case VAGUE -> idle(SmtpReplies.VRFY_VAGUE);
            case REFUSED -> error(SmtpReplies.NOT_IMPLEMENTED);
          };
      case SmtpCommand.Expn _ -> error(SmtpReplies.NOT_IMPLEMENTED);
      case SmtpCommand.Quit _ -> close(SmtpReplies.BYE);
      case SmtpCommand.StartTls _ -> startTls(ready);
      case SmtpCommand.Auth auth -> auth(ready, auth);
      case SmtpCommand.OtherProtocol _ -> close(SmtpReplies.OTHER_PROTOCOL);
      case SmtpCommand.Unknown _ -> error(SmtpReplies.UNKNOWN_COMMAND);
      case SmtpCommand.Faulty(var fault) -> error(SmtpReplies.of(fault));
    };
  }

  List<SmtpStep> on(SmtpEvent event) {
    return switch (event) {
      case SmtpEvent.Arrived(var hostName, var decided) -> arrived(hostName, decided);
      case SmtpEvent.SenderChecked(var decided) -> senderChecked(decided);
      case SmtpEvent.RecipientChecked(var decision) -> recipientChecked(decision);
      case SmtpEvent.SaslLine(var line) -> {
        var exchanging = as(Authenticating.class);
        yield follow(exchanging.hello(), login.respond(exchanging, line));
      }
      case SmtpEvent.SaslLineTooLong _ -> {
        state = new Greeted(as(Authenticating.class).hello());
        yield error(SmtpReplies.SASL_LINE_TOO_LONG);
      }
      case SmtpEvent.LoginChecked(var answer) -> {
        var checking = as(CheckingLogin.class);
        yield follow(checking.hello(), login.answered(checking, answer));
      }
      case SmtpEvent.BodyOpened _ -> bodyOpened();
      case SmtpEvent.BodyUnavailable _ -> {
        state = new Greeted(as(OpeningBody.class).hello());
        yield send(SmtpReplies.NO_MEMORY);
      }
      case SmtpEvent.BodyEnded(var outcome) -> bodyEnded(outcome);
      case SmtpEvent.BodyEndless _ -> close(SmtpReplies.ENDLESS_MESSAGE);
      case SmtpEvent.Committed(var outcome) -> committed(outcome);
      case SmtpEvent.TlsStarted(var tls) -> tlsStarted(tls);
      case SmtpEvent.DataBehindStartTls _ -> close(SmtpReplies.DATA_BEHIND_STARTTLS);
      case SmtpEvent.TimedOut _ -> close(SmtpReplies.TIMED_OUT);
      case SmtpEvent.TooSlow _ -> close(SmtpReplies.TOO_SLOW);
      case SmtpEvent.Draining _ -> drain();
      case SmtpEvent.Failed _ -> close(SmtpReplies.BUG);
    };
  }

  // Arrival and HELO

  private List<SmtpStep> arrived(Optional<String> hostName, Verdict decided) {
    as(Arriving.class);
    client = client.named(hostName);
    verdict = decided;
    if (decided instanceof Verdict.Reject(var refuse) && refuse.code() == 421) {
      return close(SmtpReplies.of(refuse));
    }
    state = new Connected();
    return send(SmtpReply.of(220, settings.name() + " ESMTP Malleposte"));
  }

  private static boolean isAnsweredToTheRefused(SmtpCommand command) {
    return command instanceof SmtpCommand.Helo
        || command instanceof SmtpCommand.Ehlo
        || command instanceof SmtpCommand.Noop
        || command instanceof SmtpCommand.Rset
        || command instanceof SmtpCommand.Quit;
  }

  /** Also forgets a mail that has begun (RFC 5321 §4.1.4). */
  private List<SmtpStep> hello(Hello hello) {
    state = new Greeted(hello);
    return idle(
        hello.extended()
            ? EhloReply.of(settings, mayStartTls(), login.offered(client))
            : SmtpReply.of(250, settings.name().toString()));
  }

  private boolean mayStartTls() {
    return offer.startTls() && client.tls().isEmpty();
  }

  // A mail

  private List<SmtpStep> mail(Ready ready, SmtpCommand.Mail mail) {
    return switch (ready) {
      case Connected _ -> error(SmtpReplies.HELLO_FIRST);
      case Greeted(var hello) -> mail(hello, mail);
      case InMail _ -> error(SmtpReplies.NESTED_MAIL); // RFC 5321 §4.1.4
    };
  }

  private List<SmtpStep> mail(Hello hello, SmtpCommand.Mail mail) {
    if (offer.submission() && client.account().isEmpty()) {
      return error(SmtpReplies.LOGIN_REQUIRED);
    }
    if (mail.parameters().sizeBytes().orElse(0) > settings.limits().sizes().messageBytes()) {
      return error(SmtpReplies.TOO_LARGE); // RFC 1870 §6.1
    }
    if (mail.from().address().filter(address -> !isAscii(address)).isPresent()) {
      return error(SmtpReplies.ADDRESS_NOT_ASCII);
    }
    Optional<SmtpReply> tooMany = counts.command();
    if (tooMany.isPresent()) {
      return close(tooMany.get());
    }
    var begun = new Transaction(mail.from(), mail.parameters(), Transaction.Fate.of(verdict));
    state = new CheckingSender(hello, begun);
    return List.of(new SmtpStep.AskSender(client.peer(), mail.from()));
  }

  private List<SmtpStep> senderChecked(Verdict decided) {
    var checking = as(CheckingSender.class);
    if (decided instanceof Verdict.Reject(var refuse)) {
      state = new Greeted(checking.hello());
      return error(SmtpReplies.of(refuse));
    }
    checking.mail().meet(Transaction.Fate.of(decided));
    state = new InMail(checking.hello(), checking.mail());
    return send(SmtpReplies.SENDER_OK);
  }

  private List<SmtpStep> rcpt(ForwardPath to) {
    if (!(state instanceof InMail(var hello, var mail))) {
      return error(SmtpReplies.MAIL_FIRST);
    }
    if (mail.countCommand() > settings.limits().counts().recipientCommands()) {
      return close(SmtpReplies.TOO_MANY_COMMANDS);
    }
    if (mail.size() >= settings.limits().counts().recipients()) {
      return send(SmtpReplies.TOO_MANY_RECIPIENTS); // RFC 5321 §4.5.3.1.10
    }
    EmailAddress recipient =
        switch (to) {
          case ForwardPath.Mailbox(var address) -> address;
          case ForwardPath.Postmaster _ -> new EmailAddress("postmaster", settings.name());
        };
    if (!isAscii(recipient)) {
      return error(SmtpReplies.ADDRESS_NOT_ASCII);
    }
    if (mail.fate() instanceof Transaction.Fate.Discard(var why)) {
      mail.drop(recipient, why);
      return send(SmtpReplies.RECIPIENT_OK);
    }
    state = new CheckingRecipient(hello, mail, recipient);
    return List.of(new SmtpStep.AskRecipient(client.peer(), mail.from(), recipient));
  }

  private List<SmtpStep> recipientChecked(RoutingDecision decision) {
    var checking = as(CheckingRecipient.class);
    Transaction mail = checking.mail();
    state = new InMail(checking.hello(), mail);
    switch (decision) {
      case RoutingDecision.Accept(var targets, _) -> mail.accept(checking.recipient(), targets);
      case RoutingDecision.Discard(var because) ->
          mail.drop(checking.recipient(), String.valueOf(because));
      case RoutingDecision.DiscardMail(var because) -> {
        mail.meet(new Transaction.Fate.Discard(String.valueOf(because)));
        mail.drop(checking.recipient(), String.valueOf(because));
      }
      case RoutingDecision.Quarantine(var reason, var targets, _) -> {
        mail.meet(new Transaction.Fate.Hold(reason));
        mail.accept(checking.recipient(), targets);
      }
      case RoutingDecision.Refuse refuse -> {
        return refused(SmtpReplies.of(refuse), counts.refusedRecipient());
      }
    }
    return send(SmtpReplies.RECIPIENT_OK);
  }

  private List<SmtpStep> data() {
    if (!(state instanceof InMail(var hello, var mail))) {
      return error(SmtpReplies.MAIL_FIRST);
    }
    if (mail.size() == 0) {
      return error(mail.commands() == 0 ? SmtpReplies.RCPT_FIRST : SmtpReplies.NO_VALID_RECIPIENTS);
    }
    Optional<EmailAddress> only =
        mail.recipients().size() == 1
            ? Optional.of(mail.recipients().getFirst())
            : Optional.empty();
    var trace = TraceHeader.of(client, hello.name(), protocol(hello), settings.name(), only);
    state = new OpeningBody(hello, mail, trace);
    return List.of(new SmtpStep.OpenBody(trace.lengthBytes(), mail.expectedBytes()));
  }

  private List<SmtpStep> bodyOpened() {
    var opening = as(OpeningBody.class);
    state = new Receiving(opening.hello(), opening.mail(), opening.trace());
    return List.of(new SmtpStep.Send(SmtpReplies.START_MAIL), new SmtpStep.ReceiveBody());
  }

  private List<SmtpStep> bodyEnded(BodyOutcome outcome) {
    var receiving = as(Receiving.class);
    return switch (outcome) {
      case BodyOutcome.Faulty(var fault) -> {
        state = new Greeted(receiving.hello());
        yield error(SmtpReplies.of(fault));
      }
      case BodyOutcome.Complete(_, boolean eightBit) -> complete(receiving, eightBit);
    };
  }

  private List<SmtpStep> complete(Receiving receiving, boolean eightBit) {
    Transaction mail = receiving.mail();
    Instant now = clock.instant();
    QueueId id = QueueId.create(now, random);
    var steps = new ArrayList<SmtpStep>(1);
    mail.discards(id).forEach(event -> steps.add(new SmtpStep.Note(event)));
    if (mail.isDiscarded()) {
      state = new Greeted(receiving.hello());
      counts.mailTaken();
      steps.add(new SmtpStep.DropBody());
      steps.add(new SmtpStep.Send(queued(id)));
      return steps;
    }
    state = new Committing(receiving.hello(), id);
    steps.add(
        new SmtpStep.Commit(
            id,
            envelope(receiving, eightBit),
            mail.targets(),
            receiving.trace().bytes(id, now),
            mail.holdReason()));
    return steps;
  }

  private Envelope envelope(Receiving receiving, boolean eightBit) {
    Transaction mail = receiving.mail();
    Hello hello = receiving.hello();
    return new Envelope(
        mail.from(),
        mail.recipients(),
        new Envelope.Client(client.address(), hello.name(), protocol(hello)),
        eightBit ? BodyType.EIGHT_BIT_MIME : mail.body(),
        client.account());
  }

  /** The one place from which a mail becomes ours. */
  private List<SmtpStep> committed(CommitOutcome outcome) {
    var committing = as(Committing.class);
    state = new Greeted(committing.hello());
    return switch (outcome) {
      case CommitOutcome.Committed(var id) -> {
        counts.mailTaken();
        yield send(queued(id));
      }
      case CommitOutcome.NoSpace _ -> send(SmtpReplies.NO_SPACE);
      case CommitOutcome.NotSafe _ -> send(SmtpReplies.NOT_SAFE);
      case CommitOutcome.Refused(var status, var text) -> error(SmtpReply.of(550, status, text));
    };
  }

  private static SmtpReply queued(QueueId id) {
    return SmtpReplies.OK.withText(id + " queued");
  }

  private List<SmtpStep> rset() {
    if (state instanceof InMail(var hello, _)) {
      state = new Greeted(hello);
    }
    return idle(SmtpReplies.RESET_OK);
  }

  /** RFC 3848. */
  private String protocol(Hello hello) {
    if (!hello.extended()) {
      return "SMTP";
    }
    return "ESMTP"
        + (client.tls().isPresent() ? "S" : "")
        + (client.account().isPresent() ? "A" : "");
  }

  // TLS and login

  private List<SmtpStep> startTls(Ready ready) {
    if (client.tls().isPresent()) {
      return error(SmtpReplies.ALREADY_TLS);
    }
    if (!offer.startTls()) {
      return error(SmtpReplies.NOT_IMPLEMENTED);
    }
    return switch (ready) {
      case Connected _ -> error(SmtpReplies.EHLO_FIRST);
      case Greeted _ -> {
        state = new StartingTls();
        yield List.of(new SmtpStep.StartTls(SmtpReplies.TLS_READY));
      }
      case InMail _ -> error(SmtpReplies.NOT_DURING_MAIL);
    };
  }

  /** What was said in clear is forgotten (RFC 3207 §4.2). */
  private List<SmtpStep> tlsStarted(SmtpClient.TlsInfo tls) {
    as(StartingTls.class);
    client = client.encrypted(tls);
    state = new Connected();
    return List.of();
  }

  private List<SmtpStep> auth(Ready ready, SmtpCommand.Auth auth) {
    return switch (ready) {
      case Connected _ -> error(SmtpReplies.EHLO_FIRST);
      case Greeted(var hello) ->
          hello.extended()
              ? follow(hello, login.begin(client, hello, auth))
              : error(SmtpReplies.EHLO_FIRST);
      case InMail _ -> error(SmtpReplies.NOT_DURING_MAIL); // RFC 4954 §4
    };
  }

  private List<SmtpStep> follow(Hello hello, SmtpLogin.Move move) {
    return switch (move) {
      case SmtpLogin.Move.Challenge(var reply, var next) -> {
        state = next;
        yield send(reply);
      }
      case SmtpLogin.Move.Ask(var step, var next) -> {
        state = next;
        yield List.of(step);
      }
      case SmtpLogin.Move.End(var outcome) -> {
        state = new Greeted(hello);
        yield loginEnded(outcome);
      }
      case SmtpLogin.Move.Refuse(var reply) -> {
        state = new Greeted(hello);
        yield error(reply);
      }
    };
  }

  private List<SmtpStep> loginEnded(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Granted(var account) -> {
        client = client.loggedIn(account);
        yield send(SmtpReplies.LOGIN_OK);
      }
      case LoginOutcome.Denied _ -> refused(SmtpReplies.LOGIN_DENIED, counts.failedLogin());
      case LoginOutcome.Unavailable _ -> send(SmtpReplies.LOGIN_UNAVAILABLE);
    };
  }

  // Ends

  /** A mail in reception may be finished; whoever is idle is told to go. */
  private List<SmtpStep> drain() {
    return switch (wants()) {
      case COMMAND, SASL_LINE -> close(SmtpReplies.SHUTTING_DOWN);
      case BODY, ANSWER, NOTHING -> List.of();
    };
  }

  private List<SmtpStep> close(SmtpReply reply) {
    state = new Closed();
    return List.of(new SmtpStep.Send(reply), new SmtpStep.Close());
  }

  private List<SmtpStep> send(SmtpReply reply) {
    return reply.isClosing() ? close(reply) : List.of(new SmtpStep.Send(reply));
  }

  private List<SmtpStep> idle(SmtpReply reply) {
    return refused(reply, counts.command());
  }

  private List<SmtpStep> error(SmtpReply reply) {
    return refused(reply, counts.error());
  }

  private List<SmtpStep> refused(SmtpReply reply, Optional<SmtpReply> tooMany) {
    return tooMany.isPresent() ? close(tooMany.get()) : send(reply);
  }

  private <S extends SmtpState> S as(Class<S> expected) {
    if (!expected.isInstance(state)) {
      throw new IllegalStateException(
          "answer for " + expected.getSimpleName() + " in " + state.getClass().getSimpleName());
    }
    return expected.cast(state);
  }

  private static boolean isAscii(EmailAddress address) {
    String local = address.localPart();
    for (int i = 0; i < local.length(); i++) {
      if (local.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
