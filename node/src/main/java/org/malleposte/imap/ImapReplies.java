package org.malleposte.imap;

import org.malleposte.mailbox.StoreAnswer.Refusal;

/** The replies, by name. */
final class ImapReplies {
  static final ImapReply UNAVAILABLE =
      ImapReply.no("UNAVAILABLE", "Cannot be changed at the moment, reading goes on");
  static final ImapReply READ_FAILED =
      ImapReply.no("UNAVAILABLE", "Cannot be read at the moment, try again");
  static final ImapReply SERVER_BUG = ImapReply.no("SERVERBUG", "Internal error");
  static final ImapReply BUSY = ImapReply.no("UNAVAILABLE", "Too busy, try again");
  static final ImapReply NO_MAILBOX = ImapReply.no("NONEXISTENT", "No such mailbox");
  static final ImapReply TRY_CREATE = ImapReply.no("TRYCREATE", "No such mailbox");
  static final ImapReply MAILBOX_EXISTS = ImapReply.no("ALREADYEXISTS", "Mailbox exists");
  static final ImapReply CANNOT = ImapReply.no("CANNOT", "Not possible with this mailbox name");
  static final ImapReply BAD_NAME = ImapReply.no("CANNOT", "Mailbox name is not in modified UTF-7");
  static final ImapReply BAD_USE = ImapReply.no("USEATTR", "Not possible with this special use");
  static final ImapReply OVER_QUOTA = ImapReply.no("OVERQUOTA", "Quota exceeded");
  static final ImapReply CONFLICT = ImapReply.no("INUSE", "Changed by somebody else, try again");
  static final ImapReply NO_ACCOUNT = ImapReply.no("NOPERM", "No such account");
  static final ImapReply TOO_BIG = ImapReply.no("TOOBIG", "Message is too large");
  static final ImapReply READ_ONLY = ImapReply.no("READ-ONLY", "Mailbox is read-only");
  static final ImapReply EXPUNGED =
      ImapReply.no("EXPUNGEISSUED", "Some of the messages no longer exist");
  static final ImapReply BAD_CHARSET =
      ImapReply.no("BADCHARSET (US-ASCII UTF-8)", "Unknown charset");
  static final ImapReply TOO_MANY_FOUND =
      ImapReply.no("LIMIT", "Too many messages to be put in order");
  static final ImapReply NO_QUOTA_ROOT = ImapReply.no("NONEXISTENT", "No such quota root");
  static final ImapReply QUOTA_NOT_YOURS = ImapReply.no("NOPERM", "Quotas are set by the server");
  static final ImapReply TOO_MANY_KEYWORDS = ImapReply.no("LIMIT", "Too many keywords");
  static final ImapReply BAD_FLAG = ImapReply.bad("Not a flag that can be set");

  static final ImapReply AUTHENTICATION_FAILED =
      ImapReply.no("AUTHENTICATIONFAILED", "Authentication failed");
  static final ImapReply LOGIN_UNAVAILABLE =
      ImapReply.no("UNAVAILABLE", "Logins cannot be checked at the moment");
  static final ImapReply TOO_MANY_SESSIONS =
      ImapReply.no("LIMIT", "Too many sessions of this user");
  static final ImapReply PRIVACY_REQUIRED =
      ImapReply.no("PRIVACYREQUIRED", "Cleartext login is refused without TLS");
  static final ImapReply NO_MECHANISM = ImapReply.no("CANNOT", "No such mechanism");
  static final ImapReply BAD_BASE64 = ImapReply.bad("Not base64");
  static final ImapReply CANCELLED = ImapReply.bad("Authentication cancelled");
  static final ImapReply TLS_ACTIVE = ImapReply.bad("TLS is already active");
  static final ImapReply NO_TLS = ImapReply.bad("TLS is not available");

  static final ImapReply QRESYNC_NOT_ENABLED = ImapReply.bad("QRESYNC is not enabled");
  static final ImapReply NOTHING_TO_REPLACE =
      ImapReply.no("NONEXISTENT", "No such message to replace");
  static final ImapReply NOT_OURS_TO_SHARE =
      ImapReply.no("NOPERM", "Entries of the server that all see are not for users to set");
  static final ImapReply TOO_MUCH_METADATA =
      ImapReply.no("METADATA TOOMANY", "No room for more entries");
  static final ImapReply TOO_MANY_MESSAGES =
      ImapReply.no("LIMIT", "Too many messages in one command");
  static final ImapReply COMPRESSED =
      ImapReply.no("COMPRESSIONACTIVE", "All is compressed already");
  static final ImapReply NOT_CONVERTIBLE =
      ImapReply.no("UNKNOWN-CTE", "Message is binary where it cannot be converted");
  static final ImapReply UNKNOWN_ENCODING =
      ImapReply.no("UNKNOWN-CTE", "A part is in an encoding that we do not know");
  static final ImapReply NOT_LOGGED_IN = ImapReply.bad("Log in first");
  static final ImapReply LOGGED_IN = ImapReply.bad("Already logged in");
  static final ImapReply NOT_SELECTED = ImapReply.bad("No mailbox is selected");
  static final ImapReply NO_SUCH_MESSAGE = ImapReply.bad("No message has that sequence number");

  private ImapReplies() {}

  static ImapReply refused(Refusal why) {
    return switch (why) {
      case NO_SUCH_ACCOUNT -> NO_ACCOUNT;
      case NO_SUCH_MAILBOX -> NO_MAILBOX;
      case MAILBOX_EXISTS -> MAILBOX_EXISTS;
      case NOT_PERMITTED -> CANNOT;
      case OVER_QUOTA -> OVER_QUOTA;
      case CONFLICT -> CONFLICT;
    };
  }
}
