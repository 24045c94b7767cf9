package org.malleposte.smtp;

import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.config.Listener;
import org.malleposte.routing.Router.Verdict;
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

/**
 * One SMTP session (RFC 5321): a command or an event in, steps out. Does no I/O; the connection
 * performs the steps in order, and takes its next command only when {@link #wants} says so.
 *
 * <p>Its parts are {@link SmtpMail}, {@link SmtpQuestions} and {@link SmtpLogin}; what they share
 * is {@link SmtpCore}.
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

  private final SmtpCore core;
  private final SmtpMail mail;
  private final SmtpQuestions questions;
  private final SmtpLogin login;
  private String mechanism = "";

  /**
   * @param random for queue ids
   */
  SmtpSession(
      SmtpSettings settings,
      Offer offer,
      SmtpClient client,
      InstantSource clock,
      RandomGenerator random) {
    core = new SmtpCore(settings, offer, client, clock, random);
    mail = new SmtpMail(core);
    questions = new SmtpQuestions(core);
    login = new SmtpLogin(settings.sasl());
  }

  SmtpClient client() {
    return core.client;
  }

  Wants wants() {
    return switch (core.state) {
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
    return List.of(new SmtpStep.AskArrival(core.client.peer()));
  }

  List<SmtpStep> on(SmtpCommand command) {
    Ready ready = core.as(Ready.class);
    if (command instanceof SmtpCommand.Bdat chunk && mail.isEndless(chunk)) {
      return core.close(SmtpReplies.ENDLESS_MESSAGE);
    }
    if (core.verdict instanceof Verdict.Reject(var refuse) && !isAnsweredToTheRefused(command)) {
      return command instanceof SmtpCommand.Bdat chunk
          ? mail.skip(ready, chunk, SmtpReplies.of(refuse))
          : core.error(SmtpReplies.of(refuse));
    }
    return switch (command) {
      case SmtpCommand.Ehlo(var name) -> hello(Dialect.SMTP, new Hello(name, true));
      case SmtpCommand.Helo(var name) -> hello(Dialect.SMTP, new Hello(name, false));
      case SmtpCommand.Lhlo(var name) -> hello(Dialect.LMTP, new Hello(name, true));
      case SmtpCommand.Mail begun -> mail.mail(ready, begun);
      case SmtpCommand.Rcpt(var to, var dsn) -> mail.rcpt(to, dsn);
      case SmtpCommand.Data _ -> mail.data(ready);
      case SmtpCommand.Bdat chunk -> mail.bdat(ready, chunk);
      case SmtpCommand.Rset _ -> mail.rset();
      case SmtpCommand.Noop _ -> core.idle(SmtpReplies.OK);
      case SmtpCommand.Help _ -> core.idle(SmtpReplies.HELP);
      case SmtpCommand.Vrfy(var who) ->
          switch (core.settings.privacy().vrfy()) {
            case TOLD -> questions.verify(ready, who, false);
            case VAGUE -> core.idle(SmtpReplies.VRFY_VAGUE);
            case REFUSED -> core.error(SmtpReplies.NOT_ALLOWED);
          };
      case SmtpCommand.Expn(var list) ->
          switch (core.settings.privacy().expn()) {
            case TOLD -> questions.verify(ready, list, true);
            case VAGUE, REFUSED -> core.error(SmtpReplies.NOT_ALLOWED);
          };
      case SmtpCommand.Etrn(var domain, var subdomains) ->
          questions.etrn(ready, domain, subdomains);
      case SmtpCommand.Quit _ -> core.close(SmtpReplies.BYE);
      case SmtpCommand.StartTls _ -> startTls(ready);
      case SmtpCommand.Auth auth -> auth(ready, auth);
      case SmtpCommand.OtherProtocol _ -> core.close(SmtpReplies.OTHER_PROTOCOL);
      case SmtpCommand.Unknown _ -> core.error(SmtpReplies.UNKNOWN_COMMAND);
      case SmtpCommand.Faulty(var fault) -> core.error(SmtpReplies.of(fault));
    };
  }

  List<SmtpStep> on(SmtpEvent event) {
    return switch (event) {
      case SmtpEvent.Arrived arrived -> arrived(arrived);
      case SmtpEvent.GreetPauseEnded(var talked) -> pauseEnded(talked);
      case SmtpEvent.SenderChecked(var decided) -> mail.senderChecked(decided);
      case SmtpEvent.RecipientChecked(var decision) -> mail.recipientChecked(decision);
      case SmtpEvent.SaslLine(var line) -> {
        var exchanging = core.as(Authenticating.class);
        yield follow(exchanging.hello(), login.respond(exchanging, line));
      }
      case SmtpEvent.SaslLineTooLong _ -> {
        core.state = new Greeted(core.as(Authenticating.class).hello());
        yield core.error(SmtpReplies.SASL_LINE_TOO_LONG);
      }
      case SmtpEvent.LoginChecked(var answer) -> {
        var checking = core.as(CheckingLogin.class);
        yield follow(checking.hello(), login.answered(checking, answer));
      }
      case SmtpEvent.BodyOpened _ -> mail.bodyOpened();
      case SmtpEvent.BodyUnavailable _ -> mail.bodyUnavailable();
      case SmtpEvent.BodyEnded(var outcome) -> mail.bodyEnded(outcome);
      case SmtpEvent.Skipped _ -> mail.skipped();
      case SmtpEvent.Verified(var decision) -> questions.verified(decision);
      case SmtpEvent.FlushBegun(var begun) -> questions.flushBegun(begun);
      case SmtpEvent.BodyEndless _ -> core.close(SmtpReplies.ENDLESS_MESSAGE);
      case SmtpEvent.Committed(var outcome) -> mail.committed(outcome);
      case SmtpEvent.NotConverted(var fault) -> mail.notConverted(fault);
      case SmtpEvent.TlsStarted(var tls) -> tlsStarted(tls);
      case SmtpEvent.DataBehindStartTls _ -> core.close(SmtpReplies.DATA_BEHIND_STARTTLS);
      case SmtpEvent.TimedOut _ -> core.close(SmtpReplies.TIMED_OUT);
      case SmtpEvent.TooSlow _ -> core.close(SmtpReplies.TOO_SLOW);
      case SmtpEvent.Draining _ -> drain();
      case SmtpEvent.Failed _ -> core.close(SmtpReplies.BUG);
    };
  }

  // Arrival and HELO

  private List<SmtpStep> arrived(SmtpEvent.Arrived arrived) {
    core.as(Arriving.class);
    core.client = core.client.named(arrived.hostName());
    core.verdict = arrived.verdict();
    if (core.verdict instanceof Verdict.Reject(var refuse) && refuse.code() == 421) {
      return core.close(SmtpReplies.of(refuse));
    }
    if (arrived.greetPause().isPositive()) {
      core.state = new Pausing();
      return List.of(new SmtpStep.GreetPause(arrived.greetPause()));
    }
    return greet();
  }

  private List<SmtpStep> greet() {
    core.state = new Connected();
    String protocol = core.isLmtp() ? "LMTP" : "ESMTP";
    return core.send(
        core.settings.greeting().reply(core.settings.name(), protocol, core.clock.instant()));
  }

  /** As sendmail does it: a program that sends without listening gets nothing in. */
  private List<SmtpStep> pauseEnded(boolean talked) {
    core.as(Pausing.class);
    if (!talked) {
      return greet();
    }
    core.state = new Connected();
    core.verdict = new Verdict.Reject(SmtpReplies.refusal(SmtpReplies.REJECTED));
    return core.send(SmtpReplies.EARLY_TALKER);
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
    if (spoken != core.offer.dialect()) {
      return core.error(core.isLmtp() ? SmtpReplies.LHLO_EXPECTED : SmtpReplies.UNKNOWN_COMMAND);
    }
    return mail.leaveMail(
        hello,
        hello.extended()
            ? EhloReply.of(core.settings, mayStartTls(), core.mayFlush(), offeredLogins())
            : SmtpReply.of(250, core.settings.name().toString()));
  }

  private List<String> offeredLogins() {
    return core.offer.auth() ? login.offered(core.client) : List.of();
  }

  private boolean mayStartTls() {
    return core.offer.startTls() && core.client.tls().isEmpty();
  }

  // TLS and login

  private List<SmtpStep> startTls(Ready ready) {
    if (core.client.tls().isPresent()) {
      return core.error(SmtpReplies.ALREADY_TLS);
    }
    if (!core.offer.startTls()) {
      return core.error(SmtpReplies.NOT_IMPLEMENTED);
    }
    return switch (ready) {
      case Connected _ -> core.error(SmtpReplies.EHLO_FIRST);
      case Greeted _ -> {
        core.state = new StartingTls();
        yield List.of(new SmtpStep.StartTls(SmtpReplies.TLS_READY));
      }
      case InMail _, InChunks _ -> core.error(SmtpReplies.NOT_DURING_MAIL);
    };
  }

  /** What was said in clear is forgotten (RFC 3207 §4.2). */
  private List<SmtpStep> tlsStarted(SmtpClient.TlsInfo tls) {
    core.as(StartingTls.class);
    core.client = core.client.encrypted(tls);
    core.state = new Connected();
    return List.of();
  }

  private List<SmtpStep> auth(Ready ready, SmtpCommand.Auth auth) {
    if (!core.offer.auth()) {
      return core.error(SmtpReplies.NOT_IMPLEMENTED);
    }
    mechanism = SmtpLogin.family(auth.mechanism());
    return switch (ready) {
      case Connected _ -> core.error(SmtpReplies.EHLO_FIRST);
      case Greeted(var hello) ->
          hello.extended()
              ? follow(hello, login.begin(core.client, hello, auth))
              : core.error(SmtpReplies.EHLO_FIRST);
      case InMail _, InChunks _ -> core.error(SmtpReplies.NOT_DURING_MAIL); // RFC 4954 §4
    };
  }

  private List<SmtpStep> follow(Hello hello, SmtpLogin.Move move) {
    return switch (move) {
      case SmtpLogin.Move.Challenge(var reply, var next) -> {
        core.state = next;
        yield core.send(reply);
      }
      case SmtpLogin.Move.Ask(var step, var next) -> {
        core.state = next;
        yield List.of(step);
      }
      case SmtpLogin.Move.End(var outcome) -> {
        core.state = new Greeted(hello);
        yield loginEnded(outcome);
      }
      case SmtpLogin.Move.Refuse(var reply) -> {
        core.state = new Greeted(hello);
        yield core.error(reply);
      }
    };
  }

  private List<SmtpStep> loginEnded(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Granted(var account) -> {
        core.client = core.client.loggedIn(account, mechanism);
        yield core.send(SmtpReplies.LOGIN_OK);
      }
      case LoginOutcome.Denied _ ->
          core.refused(SmtpReplies.LOGIN_DENIED, core.counts.failedLogin());
      case LoginOutcome.Unavailable _ -> core.send(SmtpReplies.LOGIN_UNAVAILABLE);
    };
  }

  // Ends

  /** A mail in reception may be finished; whoever is idle is told to go. */
  private List<SmtpStep> drain() {
    return switch (wants()) {
      case COMMAND, SASL_LINE -> core.close(SmtpReplies.SHUTTING_DOWN);
      case BODY, REFUSED_CHUNK, ANSWER, NOTHING -> List.of();
    };
  }
}
