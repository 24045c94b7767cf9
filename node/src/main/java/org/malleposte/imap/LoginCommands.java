package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.imap.ImapState.NotAuthenticated;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;

/** STARTTLS, LOGIN and AUTHENTICATE (RFC 3501 §6.2). */
final class LoginCommands {
  private final SessionCore core;

  LoginCommands(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> startTls(Link link) {
    if (link.encrypted()) {
      return core.reply(ImapReplies.TLS_ACTIVE);
    }
    if (!link.tlsAvailable()) {
      return core.reply(ImapReplies.NO_TLS);
    }
    ImapReply reply = ImapReply.ok("Begin TLS negotiation now");
    return List.of(new ImapStep.StartTls(Send.line(reply.line(core.tag()))));
  }

  List<ImapStep> login(Link link, String user, String password) {
    if (!link.mayCarryPassword()) {
      return core.reply(ImapReplies.PRIVACY_REQUIRED);
    }
    return List.of(new ImapStep.CheckLogin(user, password, this::outcome));
  }

  /** The answer of a PLAIN exchange, base64 (RFC 4616). */
  List<ImapStep> plain(String base64) {
    if (base64.equals("*")) {
      return core.reply(ImapReplies.CANCELLED);
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.equals("=") ? "" : base64);
    } catch (IllegalArgumentException e) {
      return core.reply(ImapReplies.BAD_BASE64);
    }
    String[] fields = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
    // authorization identity, login, password: acting for somebody else is not offered.
    boolean valid = fields.length == 3 && !fields[1].isEmpty();
    if (!valid || !fields[0].isEmpty() && !fields[0].equals(fields[1])) {
      return failed(ImapReplies.AUTHENTICATION_FAILED);
    }
    return List.of(new ImapStep.CheckLogin(fields[1], fields[2], this::outcome));
  }

  private List<ImapStep> outcome(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Granted(var account) ->
          List.of(
              new ImapStep.Admit(
                  account,
                  admitted ->
                      admitted ? granted(account) : core.reply(ImapReplies.TOO_MANY_SESSIONS)));
      case LoginOutcome.Denied _ -> failed(ImapReplies.AUTHENTICATION_FAILED);
      case LoginOutcome.Unavailable _ -> core.reply(ImapReplies.LOGIN_UNAVAILABLE);
    };
  }

  private List<ImapStep> granted(AccountName account) {
    core.become(new ImapState.Authenticated(account));
    String code = "CAPABILITY " + Capabilities.afterLogin(core.settings());
    return List.of(
        new ImapStep.Count(ImapMetrics::loginGranted),
        Send.line(ImapReply.ok("Logged in").withCode(code).line(core.tag())));
  }

  private List<ImapStep> failed(ImapReply reply) {
    int failures = core.state() instanceof NotAuthenticated(int before) ? before + 1 : 1;
    core.become(new NotAuthenticated(failures));
    var steps = new java.util.ArrayList<ImapStep>();
    steps.add(new ImapStep.Count(ImapMetrics::loginDenied));
    steps.add(Send.line(reply.line(core.tag())));
    if (failures >= ImapLimits.LOGIN_FAILURES_MAX) {
      steps.addAll(core.bye("Too many failed logins"));
    }
    return steps;
  }
}
