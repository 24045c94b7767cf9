package org.malleposte.smtp;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.config.Listener;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;
import org.malleposte.smtp.SmtpSettings.Dialect;
import org.malleposte.smtp.SmtpState.Arriving;
import org.malleposte.smtp.SmtpState.Authenticating;
import org.malleposte.smtp.SmtpState.BeginningFlush;
import org.malleposte.smtp.SmtpState.CheckingLogin;
import org.malleposte.smtp.SmtpState.CheckingRecipient;
import org.malleposte.smtp.SmtpState.CheckingSender;
import org.malleposte.smtp.SmtpState.Closed;
import org.malleposte.smtp.SmtpState.Committing;
import org.malleposte.smtp.SmtpState.Connected;
import org.malleposte.smtp.SmtpState.Greeted;
import org.malleposte.smtp.SmtpState.Hello;
import org.malleposte.smtp.SmtpState.InChunks;
import org.malleposte.smtp.SmtpState.InMail;
import org.malleposte.smtp.SmtpState.OpeningBody;
import org.malleposte.smtp.SmtpState.Pausing;
import org.malleposte.smtp.SmtpState.Ready;
import org.malleposte.smtp.SmtpState.Receiving;
import org.malleposte.smtp.SmtpState.Skipping;
import org.malleposte.smtp.SmtpState.StartingTls;
import org.malleposte.smtp.SmtpState.Verifying;
import org.malleposte.smtp.SmtpStep.Framing;

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
    /** Octets of a chunk that nobody keeps. */
    REFUSED_CHUNK,
    /** The answer to its ask. */
    ANSWER,
    NOTHING
  }

  /**
   * Where the client came in.
   *
   * @param startTls whether it can be offered: there is a certificate and it is not TLS already
   */
  record Offer(boolean startTls, Listener listener, Dialect dialect) {
    /** AUTH before MAIL (RFC 6409 §4.3). */
    boolean submission() {
      return listener.submission();
    }

    /** Whether a sender must be the client's own (RFC 6409 §6.1). */
    boolean ownSenders() {
      return listener.submission() && listener.senders() == Listener.Senders.OWN;
    }

    boolean auth() {
      return !listener.has(Listener.Modifier.NO_AUTH);
    }

    boolean etrn() {
      return !listener.has(Listener.Modifier.NO_ETRN);
    }
  }

  private final SmtpSettings settings;
  private final Offer offer;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SessionCounts counts;
  private final SmtpLogin login;
  private SmtpClient client;
  private Verdict verdict = new Verdict.Pass();
  private String mechanism = "";
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
      case Skipping _ -> Wants.REFUSED_CHUNK;
      case Arriving _,
          Pausing _,
          CheckingSender _,
          CheckingRecipient _,
          OpeningBody _,
          Committing _,
          CheckingLogin _,
          Verifying _,
          BeginningFlush _,
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
      return command instanceof SmtpCommand.Bdat chunk
          ? skip(ready, chunk, SmtpReplies.of(refuse))
          : error(SmtpReplies.of(refuse));
    }
    return switch (command) {
      case SmtpCommand.Ehlo(var name) -> hello(Dialect.SMTP, new Hello(name, true));
      case SmtpCommand.Helo(var name) -> hello(Dialect.SMTP, new Hello(name, false));
      case SmtpCommand.Lhlo(var name) -> hello(Dialect.LMTP, new Hello(name, true));
      case SmtpCommand.Mail mail -> mail(ready, mail);
      case SmtpCommand.Rcpt(var to, var dsn) -> rcpt(to, dsn);
      case SmtpCommand.Data _ -> data(ready);
      case SmtpCommand.Bdat chunk -> bdat(ready, chunk);
      case SmtpCommand.Rset _ -> rset();
      case SmtpCommand.Noop _ -> idle(SmtpReplies.OK);
      case SmtpCommand.Help _ -> idle(SmtpReplies.HELP);
      case SmtpCommand.Vrfy(var who) ->
          switch (settings.privacy().vrfy()) {
            case TOLD -> verify(ready, who, false);
            case VAGUE -> idle(SmtpReplies.VRFY_VAGUE);
            case REFUSED -> error(SmtpReplies.NOT_ALLOWED);
          };
      case SmtpCommand.Expn(var list) ->
          switch (settings.privacy().expn()) {
            case TOLD -> verify(ready, list, true);
            case VAGUE, REFUSED -> error(SmtpReplies.NOT_ALLOWED);
          };
      case SmtpCommand.Etrn(var domain, var subdomains) -> etrn(ready, domain, subdomains);
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
      case SmtpEvent.Arrived arrived -> arrived(arrived);
      case SmtpEvent.GreetPauseEnded(var talked) -> pauseEnded(talked);
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
      case SmtpEvent.BodyUnavailable _ -> bodyUnavailable();
      case SmtpEvent.BodyEnded(var outcome) -> bodyEnded(outcome);
      case SmtpEvent.Skipped _ -> {
        var skipping = as(Skipping.class);
        state = skipping.back();
        yield error(skipping.reply());
      }
      case SmtpEvent.Verified(var decision) -> verified(decision);
      case SmtpEvent.FlushBegun(var begun) -> flushBegun(begun);
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

  private List<SmtpStep> arrived(SmtpEvent.Arrived arrived) {
    as(Arriving.class);
    client = client.named(arrived.hostName());
    verdict = arrived.verdict();
    if (verdict instanceof Verdict.Reject(var refuse) && refuse.code() == 421) {
      return close(SmtpReplies.of(refuse));
    }
    if (arrived.greetPause().isPositive()) {
      state = new Pausing();
      return List.of(new SmtpStep.GreetPause(arrived.greetPause()));
    }
    return greet();
  }

  private List<SmtpStep> greet() {
    state = new Connected();
    String protocol = isLmtp() ? "LMTP" : "ESMTP";
    return send(settings.greeting().reply(settings.name(), protocol, clock.instant()));
  }

  /** As sendmail does it: a program that sends without listening gets nothing in. */
  private List<SmtpStep> pauseEnded(boolean talked) {
    as(Pausing.class);
    if (!talked) {
      return greet();
    }
    state = new Connected();
    verdict = new Verdict.Reject(SmtpReplies.refusal(SmtpReplies.REJECTED));
    return send(SmtpReplies.EARLY_TALKER);
  }

  private static boolean isAnsweredToTheRefused(SmtpCommand command) {
    return command instanceof SmtpCommand.Helo
        || command instanceof SmtpCommand.Ehlo
        || command instanceof SmtpCommand.Lhlo
        || command instanceof SmtpCommand.Noop
        || command instanceof SmtpCommand.Rset
        || command instanceof SmtpCommand.Quit;
  }

  /** Also forgets a mail that has begun (RFC 5321 §4.1.4). */
  private List<SmtpStep> hello(Dialect spoken, Hello hello) {
    if (spoken != offer.dialect()) {
      return error(isLmtp() ? SmtpReplies.LHLO_EXPECTED : SmtpReplies.UNKNOWN_COMMAND);
    }
    return leaveMail(
        hello,
        hello.extended()
            ? EhloReply.of(settings, mayStartTls(), mayFlush(), offeredLogins())
            : SmtpReply.of(250, settings.name().toString()));
  }

  /** Forgets the mail that has begun, and what has come of it. */
  private List<SmtpStep> leaveMail(Hello hello, SmtpReply reply) {
    boolean inChunks = state instanceof InChunks;
    state = new Greeted(hello);
    var steps = new ArrayList<SmtpStep>(2);
    if (inChunks) {
      steps.add(new SmtpStep.AbandonBody());
    }
    steps.addAll(idle(reply));
    return steps;
  }

  private boolean isLmtp() {
    return offer.dialect() == Dialect.LMTP;
  }

  private List<String> offeredLogins() {
    return offer.auth() ? login.offered(client) : List.of();
  }

  private boolean mayFlush() {
    return settings.privacy().etrn() && offer.etrn();
  }

  private boolean mayStartTls() {
    return offer.startTls() && client.tls().isEmpty();
  }

  // A mail

  private List<SmtpStep> mail(Ready ready, SmtpCommand.Mail mail) {
    return switch (ready) {
      case Connected _ -> error(SmtpReplies.HELLO_FIRST);
      case Greeted(var hello) -> mail(hello, mail);
      case InMail _, InChunks _ -> error(SmtpReplies.NESTED_MAIL); // RFC 5321 §4.1.4
    };
  }

  private List<SmtpStep> mail(Hello hello, SmtpCommand.Mail mail) {
    if (offer.submission() && client.account().isEmpty()) {
      return error(SmtpReplies.LOGIN_REQUIRED);
    }
    if (mail.parameters().sizeBytes().orElse(0) > settings.limits().sizes().messageBytes()) {
      return error(SmtpReplies.TOO_LARGE); // RFC 1870 §6.1
    }
    if (mail.parameters().asksForReports() && !settings.privacy().receipts()) {
      return error(SmtpReplies.PARAMETER_UNKNOWN);
    }
    Optional<SmtpReply> tooMany = counts.command();
    if (tooMany.isPresent()) {
      return close(tooMany.get());
    }
    var parameters =
        settings.privacy().bodyReturn() ? mail.parameters() : mail.parameters().headersOnly();
    var begun = new Transaction(mail.from(), parameters, Transaction.Fate.of(verdict));
    state = new CheckingSender(hello, begun);
    return List.of(new SmtpStep.AskSender(client.peer(), mail.from(), offer.ownSenders()));
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

  private List<SmtpStep> rcpt(ForwardPath to, OfRecipient dsn) {
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
          case ForwardPath.Mailbox(var address, _) -> address;
          case ForwardPath.Postmaster _ -> new EmailAddress("postmaster", settings.name());
        };
    if (!dsn.equals(OfRecipient.NOTHING) && !settings.privacy().receipts()) {
      return error(SmtpReplies.PARAMETER_UNKNOWN);
    }
    if (to instanceof ForwardPath.Mailbox(_, var ascii) && !ascii && !mail.smtpUtf8()) {
      return error(SmtpReplies.ADDRESS_NOT_ASCII);
    }
    if (mail.fate() instanceof Transaction.Fate.Discard(var why)) {
      mail.drop(recipient, why);
      return send(SmtpReplies.RECIPIENT_OK);
    }
    state = new CheckingRecipient(hello, mail, recipient, dsn);
    return List.of(new SmtpStep.AskRecipient(client.peer(), mail.from(), recipient));
  }

  private List<SmtpStep> recipientChecked(RoutingDecision decision) {
    var checking = as(CheckingRecipient.class);
    Transaction mail = checking.mail();
    state = new InMail(checking.hello(), mail);
    switch (decision) {
      case RoutingDecision.Accept(var targets, _) ->
          mail.accept(checking.recipient(), checking.dsn(), targets);
      case RoutingDecision.Discard(var because) ->
          mail.drop(checking.recipient(), String.valueOf(because));
      case RoutingDecision.DiscardMail(var because) -> {
        mail.meet(new Transaction.Fate.Discard(String.valueOf(because)));
        mail.drop(checking.recipient(), String.valueOf(because));
      }
      case RoutingDecision.Quarantine(var reason, var targets, _) -> {
        mail.meet(new Transaction.Fate.Hold(reason));
        mail.accept(checking.recipient(), checking.dsn(), targets);
      }
      case RoutingDecision.Refuse refuse -> {
        return refused(SmtpReplies.of(refuse), counts.refusedRecipient());
      }
    }
    return send(SmtpReplies.RECIPIENT_OK);
  }

  private List<SmtpStep> data(Ready ready) {
    return switch (ready) {
      case Connected _, Greeted _ -> error(SmtpReplies.MAIL_FIRST);
      case InChunks _ -> error(SmtpReplies.IN_CHUNKS);
      case InMail(_, var mail) when mail.body() == BodyType.BINARY_MIME ->
          error(SmtpReplies.BINARY_NEEDS_BDAT);
      case InMail(var hello, var mail) ->
          mail.size() == 0
              ? error(withoutRecipients(mail))
              : openBody(hello, mail, new Framing.Dots());
    };
  }

  private static SmtpReply withoutRecipients(Transaction mail) {
    return mail.commands() == 0 ? SmtpReplies.RCPT_FIRST : SmtpReplies.NO_VALID_RECIPIENTS;
  }

  /** RFC 3030 §2. The octets of a chunk that is refused have been sent, and must go by. */
  private List<SmtpStep> bdat(Ready ready, SmtpCommand.Bdat chunk) {
    if (chunk.octets() > settings.limits().sizes().messageReadBytes()) {
      return close(SmtpReplies.ENDLESS_MESSAGE);
    }
    var framing = new Framing.Chunk(chunk.octets(), chunk.last());
    return switch (ready) {
      case Connected _, Greeted _ -> skip(ready, chunk, SmtpReplies.MAIL_FIRST);
      case InMail(_, var mail) when mail.size() == 0 -> skip(ready, chunk, withoutRecipients(mail));
      case InMail(var hello, var mail) -> openBody(hello, mail, framing);
      case InChunks(var hello, var mail, var trace) -> {
        state = new Receiving(hello, mail, trace);
        yield List.of(new SmtpStep.ReceiveBody(framing));
      }
    };
  }

  private List<SmtpStep> skip(Ready ready, SmtpCommand.Bdat chunk, SmtpReply reply) {
    if (chunk.octets() > settings.limits().sizes().messageReadBytes()) {
      return close(SmtpReplies.ENDLESS_MESSAGE);
    }
    state = new Skipping(ready, reply);
    return List.of(new SmtpStep.SkipOctets(chunk.octets()));
  }

  private List<SmtpStep> openBody(Hello hello, Transaction mail, Framing framing) {
    var submitted = offer.submission() ? Optional.of(clock.instant()) : Optional.<Instant>empty();
    var trace = reception(hello, mail).trace();
    state = new OpeningBody(hello, mail, trace, framing);
    return List.of(
        new SmtpStep.OpenBody(
            trace.lengthBytes(),
            mail.expectedBytes(),
            mail.body() == BodyType.BINARY_MIME,
            submitted.map(now -> reception(hello, mail).missing(now, random))));
  }

  private Reception reception(Hello hello, Transaction mail) {
    return new Reception(settings.name(), offer.dialect(), client, hello, mail);
  }

  private List<SmtpStep> bodyOpened() {
    var opening = as(OpeningBody.class);
    state = new Receiving(opening.hello(), opening.mail(), opening.trace());
    var receive = new SmtpStep.ReceiveBody(opening.framing());
    return switch (opening.framing()) {
      case Framing.Dots _ -> List.of(new SmtpStep.Send(SmtpReplies.START_MAIL), receive);
      case Framing.Chunk _ -> List.of(receive);
    };
  }

  private List<SmtpStep> bodyUnavailable() {
    var opening = as(OpeningBody.class);
    var back = new Greeted(opening.hello());
    return switch (opening.framing()) {
      case Framing.Dots _ -> {
        state = back;
        yield send(SmtpReplies.NO_MEMORY);
      }
      case Framing.Chunk(long octets, _) -> {
        state = new Skipping(back, SmtpReplies.NO_MEMORY);
        yield List.of(new SmtpStep.SkipOctets(octets));
      }
    };
  }

  private List<SmtpStep> bodyEnded(BodyOutcome outcome) {
    var receiving = as(Receiving.class);
    return switch (outcome) {
      case BodyOutcome.Faulty(var fault) -> {
        state = new Greeted(receiving.hello());
        yield ofAll(receiving.mail().size(), error(SmtpReplies.of(fault)));
      }
      case BodyOutcome.More(long octets) -> {
        state = new InChunks(receiving.hello(), receiving.mail(), receiving.trace());
        yield send(SmtpReplies.OK.withText(octets + " octets received"));
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
      steps.addAll(ofAll(mail.size(), send(queued(id))));
      return steps;
    }
    state = new Committing(receiving.hello(), id, mail.size());
    steps.add(
        new SmtpStep.Commit(
            id,
            reception(receiving.hello(), mail).envelope(eightBit),
            mail.targets(),
            receiving.trace().bytes(id, now),
            mail.holdReason()));
    return steps;
  }

  /** The one place from which a mail becomes ours. */
  private List<SmtpStep> committed(CommitOutcome outcome) {
    var committing = as(Committing.class);
    state = new Greeted(committing.hello());
    return ofAll(
        committing.recipients(),
        switch (outcome) {
          case CommitOutcome.Committed(var id) -> {
            counts.mailTaken();
            yield send(queued(id));
          }
          case CommitOutcome.NoSpace _ -> send(SmtpReplies.NO_SPACE);
          case CommitOutcome.NotSafe _ -> send(SmtpReplies.NOT_SAFE);
          case CommitOutcome.Refused(var status, var text) ->
              error(SmtpReply.of(550, status, text));
        });
  }

  /**
   * In LMTP the answer to a message is given for each accepted recipient (RFC 2033 §4.2). A mail is
   * committed for all of them or for none, so it is the same each time.
   */
  private List<SmtpStep> ofAll(int recipients, List<SmtpStep> answer) {
    if (!isLmtp() || state instanceof Closed) {
      return answer;
    }
    var steps = new ArrayList<SmtpStep>(answer);
    for (int i = 1; i < recipients; i++) {
      answer.stream().filter(SmtpStep.Send.class::isInstance).forEach(steps::add);
    }
    return steps;
  }

  private static SmtpReply queued(QueueId id) {
    return SmtpReplies.OK.withText(id + " queued");
  }

  private List<SmtpStep> rset() {
    return switch (as(Ready.class)) {
      case Connected _, Greeted _ -> idle(SmtpReplies.RESET_OK);
      case InMail(var hello, _) -> leaveMail(hello, SmtpReplies.RESET_OK);
      case InChunks(var hello, _, _) -> leaveMail(hello, SmtpReplies.RESET_OK);
    };
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
      case InMail _, InChunks _ -> error(SmtpReplies.NOT_DURING_MAIL);
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
    if (!offer.auth()) {
      return error(SmtpReplies.NOT_IMPLEMENTED);
    }
    mechanism = SmtpLogin.family(auth.mechanism());
    return switch (ready) {
      case Connected _ -> error(SmtpReplies.EHLO_FIRST);
      case Greeted(var hello) ->
          hello.extended()
              ? follow(hello, login.begin(client, hello, auth))
              : error(SmtpReplies.EHLO_FIRST);
      case InMail _, InChunks _ -> error(SmtpReplies.NOT_DURING_MAIL); // RFC 4954 §4
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
        client = client.loggedIn(account, mechanism);
        yield send(SmtpReplies.LOGIN_OK);
      }
      case LoginOutcome.Denied _ -> refused(SmtpReplies.LOGIN_DENIED, counts.failedLogin());
      case LoginOutcome.Unavailable _ -> send(SmtpReplies.LOGIN_UNAVAILABLE);
    };
  }

  // Questions

  /**
   * @param expand who is behind a list
   */
  private List<SmtpStep> verify(Ready ready, String who, boolean expand) {
    Optional<EmailAddress> address = SmtpQuestions.address(who, settings.name());
    if (address.isEmpty()) {
      return error(SmtpReplies.RECIPIENT_SYNTAX);
    }
    state = new Verifying(ready, expand);
    return List.of(new SmtpStep.AskVerify(address.get()));
  }

  private List<SmtpStep> verified(RoutingDecision decision) {
    var verifying = as(Verifying.class);
    state = verifying.back();
    SmtpReply reply = SmtpQuestions.answer(decision, verifying.expand());
    return reply.isRefusal() ? refused(reply, counts.refusedRecipient()) : idle(reply);
  }

  private List<SmtpStep> etrn(Ready ready, Domain domain, boolean subdomains) {
    if (!mayFlush()) {
      return error(SmtpReplies.NOT_ALLOWED);
    }
    if (ready instanceof InMail || ready instanceof InChunks) {
      return error(SmtpReplies.NOT_DURING_MAIL);
    }
    state = new BeginningFlush(ready, domain);
    return List.of(new SmtpStep.AskFlush(domain, subdomains));
  }

  private List<SmtpStep> flushBegun(boolean begun) {
    var beginning = as(BeginningFlush.class);
    state = beginning.back();
    return begun
        ? idle(SmtpReplies.OK.withText("Queuing for node " + beginning.domain() + " started"))
        : error(SmtpReplies.FLUSHED_LATELY);
  }

  // Ends

  /** A mail in reception may be finished; whoever is idle is told to go. */
  private List<SmtpStep> drain() {
    return switch (wants()) {
      case COMMAND, SASL_LINE -> close(SmtpReplies.SHUTTING_DOWN);
      case BODY, REFUSED_CHUNK, ANSWER, NOTHING -> List.of();
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
    if (tooMany.isPresent()) {
      return close(tooMany.get());
    }
    return reply.isRefusal() && !reply.isClosing() && counts.isSlowed()
        ? List.of(new SmtpStep.Pause(settings.limits().times().tarpit()), new SmtpStep.Send(reply))
        : send(reply);
  }

  private <S extends SmtpState> S as(Class<S> expected) {
    if (!expected.isInstance(state)) {
      throw new IllegalStateException(
          "answer for " + expected.getSimpleName() + " in " + state.getClass().getSimpleName());
    }
    return expected.cast(state);
  }
}
