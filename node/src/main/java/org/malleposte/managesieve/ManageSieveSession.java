package org.malleposte.managesieve;

import java.util.List;
import java.util.Optional;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.SaslExchange;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.mail.AccountName;
import org.malleposte.managesieve.ManageSieveCommand.Malformed;
import org.malleposte.managesieve.ManageSieveCommand.OfScripts;
import org.malleposte.managesieve.ManageSieveState.Anonymous;
import org.malleposte.managesieve.ManageSieveState.Asking;
import org.malleposte.managesieve.ManageSieveState.Ended;
import org.malleposte.managesieve.ManageSieveState.InSasl;
import org.malleposte.managesieve.ManageSieveState.LoggedIn;
import org.malleposte.managesieve.ManageSieveStep.Close;
import org.malleposte.managesieve.ManageSieveStep.End;
import org.malleposte.managesieve.ManageSieveStep.Send;
import org.malleposte.sieve.SieveLimits;
import org.malleposte.sieve.SieveScript;

/**
 * One client's dialogue: commands and answers in, steps out. Does no I/O. Belongs to the
 * connection's context; commands come only when no step is under way.
 */
final class ManageSieveSession {
  /** What is true of the connection, not of the dialogue. */
  record Link(SaslLink sasl, boolean canUpgrade) {}

  private final SaslMechanisms mechanisms;
  private final int maxFailures;
  private Link link;
  private ManageSieveState state = new Anonymous();
  private int failures;
  private int badCommands;

  ManageSieveSession(SaslMechanisms mechanisms, int maxFailures, Link link) {
    this.mechanisms = mechanisms;
    this.maxFailures = maxFailures;
    this.link = link;
  }

  List<ManageSieveStep> greet() {
    return send(capabilities());
  }

  /** Whether what comes next is no command but the answer to a challenge. */
  boolean awaitsSaslResponse() {
    return state instanceof InSasl;
  }

  /** Octets that a literal may have now. */
  int literalMax() {
    return state instanceof LoggedIn
        ? ManageSieveLimits.LITERAL_OCTETS
        : ManageSieveLimits.LITERAL_BEFORE_LOGIN_OCTETS;
  }

  List<ManageSieveStep> on(ManageSieveCommand command) {
    return switch (state) {
      case Anonymous _ -> whileAnonymous(command);
      case InSasl(var exchange) -> inSasl(command, exchange);
      case LoggedIn(var account) -> whileLoggedIn(command, account);
      case Asking _ -> throw new IllegalStateException(command + " while a step is under way");
      case Ended _ -> List.of();
    };
  }

  List<ManageSieveStep> onAnswer(LoginAnswer answer) {
    if (!(state instanceof Asking(var exchange))) {
      throw new IllegalStateException("nobody has asked");
    }
    return follow(exchange, exchange.answered(answer));
  }

  List<ManageSieveStep> onScripts(ScriptAnswer answer) {
    return send(ManageSieveReplies.answer(answer));
  }

  /** RFC 5804 §2.2: the capabilities are told anew. */
  List<ManageSieveStep> onTls(SaslLink now) {
    link = new Link(now, false);
    state = new Anonymous();
    return greet();
  }

  /** What follows cannot be understood. */
  List<ManageSieveStep> onHopeless(String what) {
    return endWith(ManageSieveReplies.bye(what), End.REFUSED);
  }

  private List<ManageSieveStep> whileAnonymous(ManageSieveCommand command) {
    return switch (command) {
      case ManageSieveCommand.Authenticate(var mechanism, var initial) -> auth(mechanism, initial);
      case ManageSieveCommand.StartTls _ -> startTls();
      case ManageSieveCommand.Logout _ -> endWith(ManageSieveReplies.BYE, End.LOGOUT);
      case ManageSieveCommand.Capability _ -> greet();
      case ManageSieveCommand.Noop(var tag) -> send(ManageSieveReplies.noop(tag));
      case ManageSieveCommand.Unauthenticate _, OfScripts _ ->
          send(ManageSieveReplies.LOG_IN_FIRST);
      case ManageSieveCommand.SaslResponse _, ManageSieveCommand.SaslCancel _ -> unasked();
      case Malformed(var what) -> bad(what);
    };
  }

  private List<ManageSieveStep> inSasl(ManageSieveCommand command, SaslExchange exchange) {
    state = new Anonymous();
    return switch (command) {
      case ManageSieveCommand.SaslResponse(var data) -> follow(exchange, exchange.respond(data));
      case ManageSieveCommand.SaslCancel _ -> send(ManageSieveReplies.SASL_CANCELLED);
      case Malformed(var what) -> bad(what);
      case ManageSieveCommand.Authenticate _,
          ManageSieveCommand.StartTls _,
          ManageSieveCommand.Logout _,
          ManageSieveCommand.Capability _,
          ManageSieveCommand.Noop _,
          ManageSieveCommand.Unauthenticate _,
          OfScripts _ ->
          throw new IllegalStateException(command + " in place of a SASL response");
    };
  }

  private List<ManageSieveStep> whileLoggedIn(ManageSieveCommand command, AccountName account) {
    return switch (command) {
      case OfScripts scripts -> List.of(new ManageSieveStep.Manage(account, scripts));
      case ManageSieveCommand.Logout _ -> endWith(ManageSieveReplies.BYE, End.LOGOUT);
      case ManageSieveCommand.Capability _ -> greet();
      case ManageSieveCommand.Noop(var tag) -> send(ManageSieveReplies.noop(tag));
      case ManageSieveCommand.Unauthenticate _ -> {
        state = new Anonymous();
        yield send(ManageSieveReplies.LOGGED_OUT);
      }
      case ManageSieveCommand.Authenticate _, ManageSieveCommand.StartTls _ ->
          send(ManageSieveReplies.LOGGED_IN_ALREADY);
      case ManageSieveCommand.SaslResponse _, ManageSieveCommand.SaslCancel _ -> unasked();
      case Malformed(var what) -> bad(what);
    };
  }

  private List<ManageSieveStep> auth(String mechanism, Optional<byte[]> initial) {
    return switch (mechanisms.start(mechanism, link.sasl())) {
      case SaslMechanisms.Start.NeedsEncryption _ -> send(ManageSieveReplies.ENCRYPT_FIRST);
      case SaslMechanisms.Start.Unknown _ -> send(ManageSieveReplies.NO_SUCH_MECHANISM);
      case SaslMechanisms.Start.Begun(var exchange) ->
          follow(exchange, initial.map(exchange::respond).orElseGet(exchange::begin));
    };
  }

  private List<ManageSieveStep> follow(SaslExchange exchange, SaslStep step) {
    return switch (step) {
      case SaslStep.Challenge(var data) -> {
        state = new InSasl(exchange);
        yield send(ManageSieveReplies.challenge(data));
      }
      case SaslStep.Ask(var question) -> {
        state = new Asking(exchange);
        yield List.of(new ManageSieveStep.AskLogin(question));
      }
      case SaslStep.Ended(var outcome) -> onLogin(outcome);
      case SaslStep.Malformed _ -> {
        state = new Anonymous();
        yield mistake(ManageSieveReplies.SASL_MALFORMED);
      }
    };
  }

  private List<ManageSieveStep> onLogin(LoginOutcome outcome) {
    state = new Anonymous();
    return switch (outcome) {
      case LoginOutcome.Granted(var account) -> {
        state = new LoggedIn(account);
        yield send(ManageSieveReplies.LOGGED_IN);
      }
      case LoginOutcome.Denied _ ->
          ++failures < maxFailures
              ? send(ManageSieveReplies.DENIED)
              : endWith(ManageSieveReplies.TOO_MANY_FAILURES, End.REFUSED);
      case LoginOutcome.Unavailable(var detail) ->
          send(ManageSieveReplies.loginUnavailable(detail));
    };
  }

  private List<ManageSieveStep> startTls() {
    if (!link.canUpgrade()) {
      return send(
          link.sasl().isEncrypted() ? ManageSieveReplies.TLS_ALREADY : ManageSieveReplies.NO_TLS);
    }
    return List.of(new ManageSieveStep.StartTls(ManageSieveReplies.GO_AHEAD_TLS));
  }

  private String capabilities() {
    Optional<String> owner =
        state instanceof LoggedIn(var account) ? Optional.of(account.value()) : Optional.empty();
    return ManageSieveReplies.capabilities(
        SieveScript.extensions(),
        mechanisms.offered(link.sasl()),
        link.canUpgrade(),
        SieveLimits.REDIRECTS_MAX,
        owner,
        ManageSieveReplies.OK);
  }

  private List<ManageSieveStep> bad(String what) {
    return mistake(ManageSieveReplies.no(what));
  }

  private List<ManageSieveStep> mistake(String reply) {
    return ++badCommands < ManageSieveLimits.BAD_COMMANDS
        ? send(reply)
        : endWith(ManageSieveReplies.TOO_MANY_MISTAKES, End.REFUSED);
  }

  private List<ManageSieveStep> endWith(String reply, End why) {
    state = new Ended();
    return List.of(new Send(reply), new Close(why));
  }

  private static List<ManageSieveStep> unasked() {
    throw new IllegalStateException("a SASL response that nobody asked for");
  }

  private static List<ManageSieveStep> send(String reply) {
    return List.of(new Send(reply));
  }
}
