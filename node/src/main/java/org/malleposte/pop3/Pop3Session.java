package org.malleposte.pop3;

import static org.malleposte.pop3.Pop3Replies.lines;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.auth.Apop;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.auth.OneQuestion;
import org.malleposte.auth.SaslExchange;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.pop3.Pop3Command.Malformed;
import org.malleposte.pop3.Pop3Metrics.End;
import org.malleposte.pop3.Pop3State.Asking;
import org.malleposte.pop3.Pop3State.Authorization;
import org.malleposte.pop3.Pop3State.AwaitingSizes;
import org.malleposte.pop3.Pop3State.Ended;
import org.malleposte.pop3.Pop3State.InSasl;
import org.malleposte.pop3.Pop3State.Transaction;
import org.malleposte.pop3.Pop3State.Waiting;
import org.malleposte.pop3.Pop3Step.Close;
import org.malleposte.pop3.Pop3Step.Send;

/**
 * One client's dialogue: commands and answers in, steps out. Does no I/O. Belongs to the
 * connection's context; commands come only when no step is under way.
 */
final class Pop3Session {
  /** What is true of the connection, not of the dialogue. */
  record Link(SaslLink sasl, boolean canUpgrade) {}

  private final String name;
  private final SaslMechanisms mechanisms;
  private final Optional<String> apopTimestamp;
  private final int maxFailures;
  private Link link;
  private Pop3State state = new Authorization(Optional.empty());
  private int failures;
  private int badCommands;

  Pop3Session(String name, SaslMechanisms mechanisms, int maxFailures, Link link) {
    this.name = name;
    this.mechanisms = mechanisms;
    this.apopTimestamp = mechanisms.apopTimestamp();
    this.maxFailures = maxFailures;
    this.link = link;
  }

  List<Pop3Step> greet() {
    return send(Pop3Replies.greeting(name, apopTimestamp));
  }

  /** Whether the next line is no command but the answer to a challenge. */
  boolean awaitsSaslResponse() {
    return state instanceof InSasl;
  }

  Pop3State state() {
    return state;
  }

  List<Pop3Step> on(Pop3Command command) {
    return switch (state) {
      case Authorization(var user) -> inAuthorization(command, user);
      case InSasl(var exchange) -> inSasl(command, exchange);
      case Transaction(var drop) -> inTransaction(command, drop);
      case Waiting _, Asking _, AwaitingSizes _ ->
          throw new IllegalStateException(command + " while a step is under way");
      case Ended _ -> List.of();
    };
  }

  List<Pop3Step> onAnswer(LoginAnswer answer) {
    if (!(state instanceof Asking(var exchange))) {
      throw new IllegalStateException("nobody has asked");
    }
    return follow(exchange, exchange.answered(answer));
  }

  private List<Pop3Step> onLogin(LoginOutcome outcome) {
    state = new Waiting();
    return switch (outcome) {
      case LoginOutcome.Granted(var account) -> List.of(new Pop3Step.OpenMaildrop(account));
      case LoginOutcome.Denied _ -> denied();
      case LoginOutcome.Unavailable(var detail) ->
          backToStart(Pop3Replies.loginUnavailable(detail));
    };
  }

  List<Pop3Step> onOpened(OpenOutcome outcome) {
    return switch (outcome) {
      case OpenOutcome.Opened(var drop) -> {
        state = new Transaction(drop);
        yield send(Pop3Replies.LOGGED_IN + ", " + drop.count() + " messages");
      }
      case OpenOutcome.InUse _ -> backToStart(Pop3Replies.IN_USE);
      case OpenOutcome.Failed _ -> backToStart(Pop3Replies.STORE_FAILED);
    };
  }

  /**
   * @param sizes by number from 1, negative for what is gone; empty: they cannot be read
   */
  List<Pop3Step> onSizes(Optional<long[]> sizes) {
    if (!(state instanceof AwaitingSizes(var drop, var command))) {
      throw new IllegalStateException("sizes were not asked for");
    }
    state = new Transaction(drop);
    if (sizes.isEmpty()) {
      return send(Pop3Replies.STORE_FAILED);
    }
    drop.setSizes(sizes.get());
    return inTransaction(command, drop);
  }

  List<Pop3Step> onRetrieved(int number, RetrieveOutcome outcome) {
    if (!(state instanceof Transaction(var drop))) {
      throw new IllegalStateException("no message was asked for");
    }
    return switch (outcome) {
      case RetrieveOutcome.Sent(boolean whole) -> {
        if (whole) {
          drop.retrieved(number);
        }
        yield List.of();
      }
      case RetrieveOutcome.Gone _ -> {
        drop.gone(number);
        yield send(Pop3Replies.MESSAGE_GONE);
      }
      case RetrieveOutcome.Failed _ -> send(Pop3Replies.STORE_FAILED);
      // In the middle of a message there is no way to say so but to hang up.
      case RetrieveOutcome.CutOff _ -> {
        state = new Ended();
        yield List.of(new Close(End.REFUSED));
      }
    };
  }

  /**
   * @param complete whether all that was to be removed is
   */
  List<Pop3Step> onUpdated(boolean complete) {
    state = new Ended();
    return List.of(
        new Pop3Step.Unlock(),
        new Send(complete ? Pop3Replies.BYE : Pop3Replies.NOT_REMOVED),
        new Close(End.QUIT));
  }

  /** RFC 2595 §4: the client must begin anew. */
  List<Pop3Step> onTls(SaslLink now) {
    link = new Link(now, false);
    state = new Authorization(Optional.empty());
    return List.of();
  }

  private List<Pop3Step> inAuthorization(Pop3Command command, Optional<String> user) {
    return switch (command) {
      case Pop3Command.User(var login) -> {
        if (!mechanisms.takesPasswords(link.sasl())) {
          yield noPasswords();
        }
        state = new Authorization(Optional.of(login));
        yield send(Pop3Replies.SEND_PASSWORD);
      }
      case Pop3Command.Pass(var password) -> {
        if (!mechanisms.takesPasswords(link.sasl())) {
          yield noPasswords();
        }
        yield user.isEmpty()
            ? send(Pop3Replies.USER_FIRST)
            : ask(new LoginQuestion.Password(user.get(), password));
      }
      case Pop3Command.Apop(var login, var digest) ->
          apopTimestamp.isEmpty()
              ? bad(Pop3Replies.mistake(Pop3Command.Mistake.UNKNOWN_COMMAND))
              : ask(new LoginQuestion.Proof(login, new Apop(apopTimestamp.get(), digest)));
      case Pop3Command.Auth(var mechanism, var initial) -> auth(mechanism, initial);
      case Pop3Command.AuthList _ -> send(lines(Pop3Replies.OK, mechanisms.offered(link.sasl())));
      case Pop3Command.Capa _ -> send(lines(Pop3Replies.OK, capabilities(true)));
      case Pop3Command.Stls _ -> stls();
      // Mail is sent as it came, in this mode and without it.
      case Pop3Command.Utf8 _ -> send(Pop3Replies.UTF8);
      case Pop3Command.Lang(var tag) -> language(tag);
      case Pop3Command.Noop _ -> send(Pop3Replies.OK);
      case Pop3Command.Quit _ -> endWith(Pop3Replies.BYE, End.QUIT);
      case Pop3Command.Stat _,
          Pop3Command.ListAll _,
          Pop3Command.ListOne _,
          Pop3Command.UidlAll _,
          Pop3Command.UidlOne _,
          Pop3Command.Retr _,
          Pop3Command.Top _,
          Pop3Command.Dele _,
          Pop3Command.Rset _ ->
          send(Pop3Replies.LOG_IN_FIRST);
      case Pop3Command.SaslResponse _, Pop3Command.SaslCancel _ -> unasked();
      case Malformed(var mistake) -> bad(Pop3Replies.mistake(mistake));
    };
  }

  private List<Pop3Step> inSasl(Pop3Command command, SaslExchange exchange) {
    state = new Authorization(Optional.empty());
    return switch (command) {
      case Pop3Command.SaslResponse(var data) -> follow(exchange, exchange.respond(data));
      case Pop3Command.SaslCancel _ -> send(Pop3Replies.SASL_CANCELLED);
      case Malformed(var mistake) -> bad(Pop3Replies.mistake(mistake));
      case Pop3Command.User _,
          Pop3Command.Pass _,
          Pop3Command.Apop _,
          Pop3Command.Auth _,
          Pop3Command.AuthList _,
          Pop3Command.Capa _,
          Pop3Command.Stls _,
          Pop3Command.Utf8 _,
          Pop3Command.Lang _,
          Pop3Command.Stat _,
          Pop3Command.ListAll _,
          Pop3Command.ListOne _,
          Pop3Command.UidlAll _,
          Pop3Command.UidlOne _,
          Pop3Command.Retr _,
          Pop3Command.Top _,
          Pop3Command.Dele _,
          Pop3Command.Rset _,
          Pop3Command.Noop _,
          Pop3Command.Quit _ ->
          throw new IllegalStateException(command + " in place of a SASL response");
    };
  }

  private List<Pop3Step> inTransaction(Pop3Command command, Maildrop drop) {
    return switch (command) {
      case Pop3Command.Stat _ ->
          drop.knowsBytes()
              ? send("+OK " + drop.count() + " " + drop.bytes())
              : sizesFor(drop, command);
      case Pop3Command.ListAll _ ->
          drop.knowsSizes() ? List.of(new Pop3Step.SendSizes(drop)) : sizesFor(drop, command);
      case Pop3Command.ListOne(long number) -> {
        if (!drop.has(number)) {
          yield send(Pop3Replies.NO_SUCH_MESSAGE);
        }
        yield drop.knowsSizes()
            ? send("+OK " + number + " " + drop.size((int) number))
            : sizesFor(drop, command);
      }
      case Pop3Command.UidlAll _ -> List.of(new Pop3Step.SendUniqueIds(drop));
      case Pop3Command.UidlOne(long number) ->
          drop.has(number)
              ? send("+OK " + number + " " + drop.uniqueId((int) number))
              : send(Pop3Replies.NO_SUCH_MESSAGE);
      case Pop3Command.Retr(long number) -> retrieve(drop, number, OptionalLong.empty());
      case Pop3Command.Top(long number, long bodyLines) ->
          retrieve(drop, number, OptionalLong.of(bodyLines));
      case Pop3Command.Dele(long number) -> {
        if (!drop.has(number)) {
          yield send(Pop3Replies.NO_SUCH_MESSAGE);
        }
        drop.delete((int) number);
        yield send("+OK message " + number + " marked for removal");
      }
      case Pop3Command.Rset _ -> {
        drop.reset();
        yield send("+OK " + drop.count() + " messages");
      }
      case Pop3Command.Noop _ -> send(Pop3Replies.OK);
      case Pop3Command.Capa _ -> send(lines(Pop3Replies.OK, capabilities(false)));
      case Pop3Command.Lang(var tag) -> language(tag);
      case Pop3Command.Quit _ -> {
        state = new Waiting();
        yield List.of(new Pop3Step.Update(drop));
      }
      case Pop3Command.User _,
          Pop3Command.Pass _,
          Pop3Command.Apop _,
          Pop3Command.Auth _,
          Pop3Command.AuthList _,
          Pop3Command.Utf8 _,
          Pop3Command.Stls _ ->
          send(Pop3Replies.LOGGED_IN_ALREADY);
      case Pop3Command.SaslResponse _, Pop3Command.SaslCancel _ -> unasked();
      case Malformed(var mistake) -> bad(Pop3Replies.mistake(mistake));
    };
  }

  private List<Pop3Step> retrieve(Maildrop drop, long number, OptionalLong bodyLines) {
    return drop.has(number)
        ? List.of(new Pop3Step.Retrieve(drop, (int) number, bodyLines))
        : send(Pop3Replies.NO_SUCH_MESSAGE);
  }

  private List<Pop3Step> sizesFor(Maildrop drop, Pop3Command command) {
    state = new AwaitingSizes(drop, command);
    return List.of(new Pop3Step.LoadSizes(drop));
  }

  private List<Pop3Step> auth(String mechanism, Optional<byte[]> initial) {
    return switch (mechanisms.start(mechanism, link.sasl())) {
      case SaslMechanisms.Start.NeedsEncryption _ -> send(Pop3Replies.ENCRYPT_FIRST);
      case SaslMechanisms.Start.Unknown _ -> send(Pop3Replies.NO_SUCH_MECHANISM);
      case SaslMechanisms.Start.Begun(var exchange) ->
          follow(exchange, initial.map(exchange::respond).orElseGet(exchange::begin));
    };
  }

  private List<Pop3Step> ask(LoginQuestion question) {
    var exchange = new OneQuestion(question);
    return follow(exchange, exchange.begin());
  }

  private List<Pop3Step> noPasswords() {
    return send(
        mechanisms.knowsPasswords() ? Pop3Replies.ENCRYPT_FIRST : Pop3Replies.NO_SUCH_MECHANISM);
  }

  private List<Pop3Step> follow(SaslExchange exchange, SaslStep step) {
    return switch (step) {
      case SaslStep.Challenge(var data) -> {
        state = new InSasl(exchange);
        yield send("+ " + Base64.getEncoder().encodeToString(data));
      }
      case SaslStep.Ask(var question) -> {
        state = new Asking(exchange);
        yield List.of(new Pop3Step.AskLogin(question));
      }
      case SaslStep.Ended(var outcome) -> onLogin(outcome);
      case SaslStep.Malformed _ -> {
        state = new Authorization(Optional.empty());
        yield bad(Pop3Replies.SASL_MALFORMED);
      }
    };
  }

  private List<Pop3Step> denied() {
    return ++failures < maxFailures
        ? backToStart(Pop3Replies.DENIED)
        : endWith(Pop3Replies.TOO_MANY_FAILURES, End.REFUSED);
  }

  /** RFC 6856 §3: there is English, by default and by name. */
  private List<Pop3Step> language(Optional<String> tag) {
    if (tag.isEmpty()) {
      return send(lines(Pop3Replies.LANGUAGES, List.of("en English", "i-default Default")));
    }
    return switch (tag.get().toLowerCase(Locale.ROOT)) {
      case "en" -> send(Pop3Replies.ENGLISH);
      case "*", "i-default" -> send(Pop3Replies.DEFAULT_LANGUAGE);
      default -> send(Pop3Replies.NO_SUCH_LANGUAGE);
    };
  }

  private List<Pop3Step> stls() {
    if (!link.canUpgrade()) {
      return send(link.sasl().isEncrypted() ? Pop3Replies.TLS_ALREADY : Pop3Replies.NO_TLS);
    }
    state = new Waiting();
    return List.of(new Pop3Step.StartTls(Pop3Replies.GO_AHEAD_TLS));
  }

  private List<String> capabilities(boolean beforeLogin) {
    var lines =
        new ArrayList<>(
            List.of(
                "TOP",
                "UIDL",
                "PIPELINING",
                "RESP-CODES",
                "AUTH-RESP-CODE",
                "EXPIRE NEVER",
                // RFC 6856 §2.2: names and passwords may be UTF-8 as well.
                "UTF8 USER",
                "LANG"));
    if (beforeLogin && mechanisms.takesPasswords(link.sasl())) {
      lines.add("USER");
    }
    var offered = mechanisms.offered(link.sasl());
    if (beforeLogin && !offered.isEmpty()) {
      lines.add("SASL " + String.join(" ", offered));
    }
    if (beforeLogin && link.canUpgrade()) {
      lines.add("STLS");
    }
    lines.add("IMPLEMENTATION Malleposte");
    return lines;
  }

  private List<Pop3Step> backToStart(String reply) {
    state = new Authorization(Optional.empty());
    return send(reply);
  }

  private List<Pop3Step> bad(String reply) {
    return ++badCommands < Pop3Limits.BAD_COMMANDS
        ? send(reply)
        : endWith(Pop3Replies.TOO_MANY_MISTAKES, End.REFUSED);
  }

  private List<Pop3Step> endWith(String reply, End why) {
    state = new Ended();
    return List.of(new Send(reply), new Close(why));
  }

  private static List<Pop3Step> unasked() {
    throw new IllegalStateException("a SASL response that nobody asked for");
  }

  private static List<Pop3Step> send(String reply) {
    return List.of(new Send(reply));
  }
}
