package org.malleposte.imap;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.malleposte.auth.SaslExchange;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapCommand.AfterLogin;
import org.malleposte.imap.ImapCommand.BeforeLogin;
import org.malleposte.imap.ImapCommand.InAnyState;
import org.malleposte.imap.ImapCommand.InMailbox;
import org.malleposte.imap.ImapCommandParser.Parsed;
import org.malleposte.imap.ImapState.Authenticated;
import org.malleposte.imap.ImapState.LoggedIn;
import org.malleposte.imap.ImapState.Logout;
import org.malleposte.imap.ImapState.NotAuthenticated;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.MailboxChange;

/**
 * One client's session: commands and events in, steps out. Does no I/O; the caller performs the
 * steps in order and brings the next command only when all are done. Belongs to the connection's
 * event loop.
 */
final class ImapSession {
  /** What the next line from the client is. */
  sealed interface Awaiting {
    record Command() implements Awaiting {}

    /** {@code DONE} (RFC 2177). */
    record EndOfIdle() implements Awaiting {}

    /** The answer to an AUTHENTICATE challenge. */
    record Credentials(SaslExchange exchange) implements Awaiting {}
  }

  private final SessionCore core;
  private final LoginCommands login;
  private final MailboxCommands mailboxes;
  private final SelectCommand select;
  private final AppendCommand append;
  private final ReplaceCommand replace;
  private final MetadataCommands metadata;
  private final FetchCommand fetch;
  private final StoreCommand store;
  private final CopyCommand copy;
  private final SearchCommand search;
  private Link link;
  private Awaiting awaiting = new Awaiting.Command();
  private int badCommands;
  private boolean compressed;

  ImapSession(
      ImapSettings settings,
      SaslMechanisms sasl,
      Link link,
      InstantSource clock,
      RandomGenerator random) {
    this.link = link;
    core = new SessionCore(settings, clock, random);
    login =
        new LoginCommands(core, sasl, exchange -> awaiting = new Awaiting.Credentials(exchange));
    select = new SelectCommand(core);
    append = new AppendCommand(core);
    replace = new ReplaceCommand(core, append);
    metadata = new MetadataCommands(core);
    mailboxes = new MailboxCommands(core, metadata);
    fetch = new FetchCommand(core);
    store = new StoreCommand(core);
    copy = new CopyCommand(core);
    search = new SearchCommand(core);
  }

  List<ImapStep> greeting() {
    String text = core.settings().serverName() + " IMAP ready";
    return List.of(
        Send.line(ImapReply.ok(text).withCode("CAPABILITY " + capabilities()).line("*")));
  }

  Awaiting awaiting() {
    return awaiting;
  }

  ImapState state() {
    return core.state();
  }

  /** The handshake is over: what was said in clear does not count (RFC 3501 §6.2.1). */
  void onEncrypted(SaslLink now) {
    link = link.encryptedAs(now);
    core.become(new NotAuthenticated(0));
  }

  List<ImapStep> on(Parsed parsed) {
    core.beginCommand(parsed.tag());
    return switch (parsed) {
      case Parsed.Understood(var _, var command) -> {
        badCommands = 0;
        var steps = new ArrayList<ImapStep>();
        steps.add(new ImapStep.Count(ImapMetrics::understood));
        steps.addAll(on(command));
        yield steps;
      }
      case Parsed.NotUnderstood(var _, var reply) -> bad(reply);
    };
  }

  /** A line that is no command: see {@link #awaiting}. */
  List<ImapStep> onLine(String line) {
    Awaiting was = awaiting;
    awaiting = new Awaiting.Command();
    return switch (was) {
      case Awaiting.Credentials(var exchange) -> login.respond(exchange, line);
      case Awaiting.EndOfIdle _ ->
          line.equalsIgnoreCase("DONE")
              ? core.finish(ImapReply.ok("Idle completed"))
              : core.finish(ImapReply.bad("DONE expected"));
      case Awaiting.Command _ -> throw new IllegalStateException("a command is awaited");
    };
  }

  /** Something happened to the selected mailbox; told at once only while the client idles. */
  void onChange(MailboxChange change) {
    core.changes().note(change);
  }

  /** All steps are done; in IDLE this is when changes are told. */
  List<ImapStep> whenIdle() {
    return switch (awaiting) {
      case Awaiting.EndOfIdle _ -> core.tell(Expunges.TOLD);
      case Awaiting.Command _, Awaiting.Credentials _ -> List.of();
    };
  }

  /** Keeps the way to an idling client open. */
  List<ImapStep> stillHere() {
    return switch (awaiting) {
      case Awaiting.EndOfIdle _ -> List.of(Send.line("* OK Still here"));
      case Awaiting.Command _, Awaiting.Credentials _ -> List.of();
    };
  }

  /** A step of the current command failed by itself. */
  List<ImapStep> onFailure(ImapReply reply) {
    return core.reply(reply);
  }

  List<ImapStep> bye(String why) {
    return core.bye(why);
  }

  /** How long a command may be, without its literals. */
  int lineMaxBytes() {
    return core.state() instanceof NotAuthenticated
        ? ImapLimits.LINE_BEFORE_LOGIN_MAX_BYTES
        : ImapLimits.LINE_MAX_BYTES;
  }

  /**
   * @param collectedBytes of earlier literals of the same command
   */
  LiteralPlan onLiteral(FramedCommand soFar, long sizeBytes, int collectedBytes) {
    var beginning = ImapCommandParser.beginning(soFar);
    boolean before = core.state() instanceof NotAuthenticated;
    if (soFar.parts().size() / 2 >= ImapLimits.LITERALS_MAX) {
      return new LiteralPlan.HangUp("Too many literals");
    }
    // APPEND {5}: the first literal is the name of the mailbox, if nothing else is.
    if (!before && takesMessages(beginning)) {
      return message(beginning, soFar, sizeBytes);
    }
    int one = before ? ImapLimits.LITERAL_BEFORE_LOGIN_MAX_BYTES : ImapLimits.LITERAL_MAX_BYTES;
    int all = before ? ImapLimits.LITERALS_BEFORE_LOGIN_MAX_BYTES : ImapLimits.LITERALS_MAX_BYTES;
    if (sizeBytes <= one && collectedBytes + sizeBytes <= all) {
      return new LiteralPlan.Collect();
    }
    return before
        ? new LiteralPlan.HangUp("Literal is too large")
        : new LiteralPlan.Refuse(beginning.tag(), ImapReply.bad("Literal is too large"));
  }

  private static boolean takesMessages(ImapCommandParser.Beginning beginning) {
    return !beginning.bare()
        && (beginning.name().equals("APPEND") || beginning.name().equals("REPLACE"));
  }

  private LiteralPlan message(
      ImapCommandParser.Beginning beginning, FramedCommand soFar, long sizeBytes) {
    long max = core.settings().appendMaxBytes();
    boolean fits =
        sizeBytes <= max && soFar.uploadedBytes() <= ImapLimits.APPEND_TIMES_MAX * max - sizeBytes;
    if (!fits) {
      return new LiteralPlan.Refuse(beginning.tag(), ImapReplies.TOO_BIG);
    }
    return soFar.uploads() < ImapLimits.APPEND_MESSAGES_MAX
        ? new LiteralPlan.Receive()
        : new LiteralPlan.Refuse(beginning.tag(), ImapReplies.TOO_MANY_MESSAGES);
  }

  /** Tells a client that waits how far its command is (RFC 9585). */
  List<ImapStep> progress(Progress progress) {
    String code =
        "INPROGRESS ("
            + ImapText.string(core.tag())
            + " "
            + progress.done()
            + " "
            + progress.total()
            + ")";
    return List.of(Send.line(ImapReply.ok("Still at it").withCode(code).line("*")));
  }

  private List<ImapStep> bad(ImapReply reply) {
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Count(ImapMetrics::badCommand));
    steps.addAll(core.reply(reply));
    if (++badCommands >= ImapLimits.BAD_COMMANDS_MAX) {
      steps.add(new ImapStep.Count(metrics -> metrics.ended(ImapMetrics.Ended.BAD_COMMANDS)));
      steps.addAll(core.bye("Too many invalid commands"));
    }
    return steps;
  }

  private String capabilities() {
    return switch (core.state()) {
      case NotAuthenticated _ -> login.capabilities(link);
      case LoggedIn _, Logout _ -> Capabilities.afterLogin(core.settings());
    };
  }

  private List<ImapStep> on(ImapCommand command) {
    return switch (command) {
      case InAnyState any -> inAnyState(any);
      case BeforeLogin before ->
          switch (core.state()) {
            case NotAuthenticated _ -> beforeLogin(before);
            case LoggedIn _, Logout _ -> core.finish(ImapReplies.LOGGED_IN);
          };
      case AfterLogin after ->
          switch (core.state()) {
            case LoggedIn loggedIn -> afterLogin(loggedIn, after);
            case NotAuthenticated _, Logout _ -> core.reply(ImapReplies.NOT_LOGGED_IN);
          };
      case InMailbox in ->
          switch (core.state()) {
            case Selected selected -> inMailbox(selected, in);
            case Authenticated _ -> core.reply(ImapReplies.NOT_SELECTED);
            case NotAuthenticated _, Logout _ -> core.reply(ImapReplies.NOT_LOGGED_IN);
          };
    };
  }

  private List<ImapStep> inAnyState(InAnyState command) {
    return switch (command) {
      case ImapCommand.Capability _ -> {
        var steps = new ArrayList<ImapStep>();
        steps.add(Send.line("* CAPABILITY " + capabilities()));
        steps.addAll(core.finish(ImapReply.ok("Capability completed")));
        yield steps;
      }
      case ImapCommand.Noop _ -> core.finish(ImapReply.ok("Noop completed"));
      case ImapCommand.Id _ -> {
        var steps = new ArrayList<ImapStep>();
        steps.add(Send.line("* ID (\"name\" \"Malleposte\")"));
        steps.addAll(core.finish(ImapReply.ok("Id completed")));
        yield steps;
      }
      case ImapCommand.Logout _ -> {
        core.become(new Logout());
        yield List.of(
            new ImapStep.Unwatch(),
            Send.line("* BYE Logging out"),
            Send.line(ImapReply.ok("Logout completed").line(core.tag())),
            new ImapStep.Close());
      }
    };
  }

  private List<ImapStep> beforeLogin(BeforeLogin command) {
    return switch (command) {
      case ImapCommand.StartTls _ -> login.startTls(link);
      case ImapCommand.Login(var user, var password) -> login.login(link, user, password);
      case ImapCommand.Authenticate(var mechanism, var initial) ->
          login.authenticate(link, mechanism, initial);
    };
  }

  private List<ImapStep> afterLogin(LoggedIn loggedIn, AfterLogin command) {
    var account = loggedIn.account();
    return switch (command) {
      case ImapCommand.Enable(var capabilities) -> enable(capabilities);
      case ImapCommand.Namespace _ -> mailboxes.namespace();
      case ImapCommand.ListMailboxes list -> mailboxes.list(account, list);
      case ImapCommand.ListSubscribed lsub -> mailboxes.lsub(account, lsub);
      case ImapCommand.Create(var name) -> mailboxes.create(account, name);
      case ImapCommand.Delete(var name) -> mailboxes.delete(account, name);
      case ImapCommand.Rename(var from, var to) -> mailboxes.rename(account, from, to);
      case ImapCommand.Subscribe(var name) -> mailboxes.subscribe(account, name, true);
      case ImapCommand.Unsubscribe(var name) -> mailboxes.subscribe(account, name, false);
      case ImapCommand.Status status -> mailboxes.status(account, status);
      case ImapCommand.Select selecting -> select.select(loggedIn, selecting);
      case ImapCommand.Append appending -> append.append(account, appending);
      case ImapCommand.GetMetadata getting -> metadata.get(account, getting);
      case ImapCommand.SetMetadata setting -> metadata.set(account, setting);
      case ImapCommand.Compress(var mechanism) -> compress(mechanism);
      case ImapCommand.Unauthenticate _ -> core.unauthenticate();
      case ImapCommand.Idle _ -> {
        awaiting = new Awaiting.EndOfIdle();
        yield List.of(Send.line("+ idling"));
      }
    };
  }

  private List<ImapStep> inMailbox(Selected selected, InMailbox command) {
    return switch (command) {
      case ImapCommand.Check _ -> core.finish(ImapReply.ok("Check completed"));
      case ImapCommand.Close _ -> select.close(selected);
      case ImapCommand.Unselect _ -> select.unselect(selected);
      case ImapCommand.Expunge _ -> store.expunge(selected);
      case ImapCommand.UidExpunge(var uids) -> store.uidExpunge(selected, uids);
      case ImapCommand.Fetch fetching -> fetch.fetch(selected, fetching);
      case ImapCommand.Store storing -> store.store(selected, storing);
      case ImapCommand.Copy copying -> copy.copy(selected, copying);
      case ImapCommand.Replace replacing -> replace.replace(selected, replacing);
      case ImapCommand.Move moving -> copy.move(selected, moving);
      case ImapCommand.Search searching -> search.search(selected, searching);
    };
  }

  private List<ImapStep> compress(String mechanism) {
    if (!mechanism.equals("DEFLATE")) {
      return core.finish(ImapReplies.NO_MECHANISM);
    }
    if (compressed) {
      return core.finish(ImapReplies.COMPRESSED);
    }
    compressed = true;
    ImapReply reply = ImapReply.ok("Compression begins now");
    return List.of(new ImapStep.Compress(Send.line(reply.line(core.tag()))));
  }

  private List<ImapStep> enable(List<String> capabilities) {
    var extensions = EnumSet.noneOf(Extension.class);
    capabilities.forEach(name -> Extension.of(name).ifPresent(extensions::add));
    var line = new StringBuilder("* ENABLED");
    extensions.forEach(extension -> line.append(' ').append(extension.capability()));
    var steps = new ArrayList<ImapStep>();
    steps.add(Send.line(line.toString()));
    extensions.forEach(extension -> steps.addAll(core.enable(extension)));
    steps.addAll(core.finish(ImapReply.ok("Enabled")));
    return steps;
  }
}
