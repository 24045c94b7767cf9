package org.malleposte.smtp;

import java.util.List;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.RoutingDecision.Refuse;
import org.malleposte.smtp.SmtpCommand.Fault;

/** All replies that have a name. Codes: RFC 5321 §4.2.3; enhanced codes: RFC 3463 §3. */
final class SmtpReplies {
  static final SmtpReply OK = reply(250, "2.0.0", "OK");
  static final SmtpReply SENDER_OK = reply(250, "2.1.0", "OK");
  static final SmtpReply RECIPIENT_OK = reply(250, "2.1.5", "OK");
  static final SmtpReply RESET_OK = reply(250, "2.0.0", "Forgotten");
  static final SmtpReply BYE = reply(221, "2.0.0", "Bye");
  static final SmtpReply HELP =
      reply(
          214,
          "2.0.0",
          "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP STARTTLS AUTH");
  static final SmtpReply VRFY_VAGUE = reply(252, "2.5.2", "Send a mail and see");
  static final SmtpReply START_MAIL = SmtpReply.of(354, "End with CRLF.CRLF");
  static final SmtpReply TLS_READY = reply(220, "2.0.0", "Begin TLS");
  static final SmtpReply LOGIN_OK = reply(235, "2.7.0", "Authenticated");

  static final SmtpReply SHUTTING_DOWN = reply(421, "4.3.2", "This server is shutting down");
  static final SmtpReply TOO_MANY_CONNECTIONS = reply(421, "4.7.0", "Too many connections");
  static final SmtpReply TOO_MANY_OF_CLIENT =
      reply(421, "4.7.0", "Too many connections from your address");
  static final SmtpReply TOO_FAST =
      reply(421, "4.7.0", "Too many connections a minute from your address");
  static final SmtpReply TOO_MANY_ERRORS = reply(421, "4.7.0", "Too many errors");
  static final SmtpReply TOO_MANY_COMMANDS = reply(421, "4.7.0", "Too many commands without mail");
  static final SmtpReply TOO_MANY_CHUNKS = reply(421, "4.7.0", "Too many small chunks");
  static final SmtpReply TIMED_OUT = reply(421, "4.4.2", "Timed out");
  static final SmtpReply TOO_SLOW = reply(421, "4.4.2", "Too slow");
  static final SmtpReply BUG = reply(421, "4.3.0", "Internal error");
  static final SmtpReply OTHER_PROTOCOL = reply(421, "4.7.0", "This is SMTP");
  static final SmtpReply ENDLESS_MESSAGE = reply(421, "4.3.4", "The message does not end");

  static final SmtpReply NOT_SAFE = reply(451, "4.3.0", "The mail could not be stored safely");
  static final SmtpReply NO_SPACE = reply(452, "4.3.1", "Not enough disk space");
  static final SmtpReply NO_MEMORY = reply(452, "4.3.1", "Too much mail at once, try again later");
  static final SmtpReply TOO_MANY_RECIPIENTS = reply(452, "4.5.3", "Too many recipients");
  static final SmtpReply FLUSHED_LATELY = reply(458, "4.3.2", "The queue was run a moment ago");
  static final SmtpReply LOGIN_UNAVAILABLE =
      reply(454, "4.7.0", "Logins cannot be checked at the moment");

  static final SmtpReply LINE_TOO_LONG = reply(500, "5.5.2", "Line too long");
  static final SmtpReply BARE_END_OF_LINE =
      reply(500, "5.5.2", "Bare CR or LF; a line ends in CRLF (RFC 5321 2.3.8)");
  static final SmtpReply CHARACTER_NOT_ALLOWED = reply(500, "5.5.2", "Character not allowed");
  static final SmtpReply UNKNOWN_COMMAND = reply(500, "5.5.1", "Command unknown");
  static final SmtpReply LHLO_EXPECTED = reply(500, "5.5.1", "This is LMTP: begin with LHLO");
  static final SmtpReply SASL_LINE_TOO_LONG = reply(500, "5.5.6", "Authentication line too long");
  static final SmtpReply PARAMETER_MISSING = reply(501, "5.5.4", "Parameter missing");
  static final SmtpReply NO_PARAMETER_ALLOWED = reply(501, "5.5.4", "No parameter allowed");
  static final SmtpReply HELLO_NAME = reply(501, "5.5.4", "Not a host name or address literal");
  static final SmtpReply MAIL_SYNTAX =
      reply(501, "5.5.4", "Write MAIL FROM:<address> or RCPT TO:<address>");
  static final SmtpReply SENDER_SYNTAX = reply(501, "5.1.7", "Bad sender address");
  static final SmtpReply RECIPIENT_SYNTAX = reply(501, "5.1.3", "Bad recipient address");
  static final SmtpReply PARAMETER_VALUE = reply(501, "5.5.4", "Bad parameter value");
  static final SmtpReply BASE64 = reply(501, "5.5.2", "Not base64");
  static final SmtpReply SASL_SYNTAX = reply(501, "5.5.2", "Not a response of this mechanism");
  static final SmtpReply SASL_CANCELLED = reply(501, "5.7.0", "Authentication cancelled");
  static final SmtpReply NOT_IMPLEMENTED = reply(502, "5.5.1", "Command not implemented");
  static final SmtpReply NOT_ALLOWED = reply(502, "5.7.0", "Sorry, we do not allow this operation");
  static final SmtpReply BINARY_NEEDS_BDAT = reply(503, "5.5.1", "BINARYMIME is sent with BDAT");
  static final SmtpReply IN_CHUNKS = reply(503, "5.5.1", "The message has begun with BDAT");
  static final SmtpReply HELLO_FIRST = reply(503, "5.5.1", "EHLO or HELO first");
  static final SmtpReply EHLO_FIRST = reply(503, "5.5.1", "EHLO first");
  static final SmtpReply MAIL_FIRST = reply(503, "5.5.1", "MAIL first");
  static final SmtpReply RCPT_FIRST = reply(503, "5.5.1", "RCPT first");
  static final SmtpReply NESTED_MAIL = reply(503, "5.5.1", "A mail has already begun");
  static final SmtpReply NOT_DURING_MAIL = reply(503, "5.5.1", "Not during a mail");
  static final SmtpReply ALREADY_TLS = reply(503, "5.5.1", "Already encrypted");
  static final SmtpReply ALREADY_LOGGED_IN = reply(503, "5.5.1", "Already authenticated");
  static final SmtpReply MECHANISM_UNKNOWN = reply(504, "5.5.4", "Mechanism not supported");
  static final SmtpReply LOGIN_REQUIRED = reply(530, "5.7.0", "Authentication required");
  static final SmtpReply LOGIN_DENIED = reply(535, "5.7.8", "Wrong name or password");
  static final SmtpReply ENCRYPTION_REQUIRED =
      reply(538, "5.7.11", "Encryption required for authentication");
  static final SmtpReply BODY_BARE_END_OF_LINE =
      reply(550, "5.5.2", "Bare CR or LF in the message; lines end in CRLF (RFC 5321 2.3.8)");
  static final SmtpReply TOO_LARGE = reply(552, "5.3.4", "Message too large");
  static final SmtpReply HEADER_TOO_LARGE = reply(552, "5.3.4", "Message header too large");
  static final SmtpReply SENDER_WITHOUT_DOMAIN = reply(553, "5.5.4", "Sender without domain");
  static final SmtpReply ADDRESS_NOT_ASCII = reply(553, "5.6.7", "Address is not ASCII");
  static final SmtpReply NO_VALID_RECIPIENTS = reply(554, "5.5.1", "No valid recipients");
  static final SmtpReply MAIL_LOOP = reply(554, "5.4.6", "Too many hops: mail loop");
  static final SmtpReply NOT_CONVERTIBLE =
      reply(554, "5.6.3", "Cannot be converted: not lines outside of parts in binary");
  static final SmtpReply EARLY_TALKER =
      SmtpReply.of(554, "Not accepting messages: you talked before the greeting");
  static final SmtpReply REJECTED = reply(550, "5.0.0", "Command rejected");
  static final SmtpReply DATA_BEHIND_STARTTLS =
      reply(554, "5.5.1", "Unencrypted data behind STARTTLS");
  static final SmtpReply PARAMETER_UNKNOWN = reply(555, "5.5.4", "Parameter not supported");

  private SmtpReplies() {}

  static SmtpReply of(Fault fault) {
    return switch (fault) {
      case LINE_TOO_LONG -> LINE_TOO_LONG;
      case BARE_END_OF_LINE -> BARE_END_OF_LINE;
      case CHARACTER_NOT_ALLOWED -> CHARACTER_NOT_ALLOWED;
      case PARAMETER_MISSING -> PARAMETER_MISSING;
      case NO_PARAMETER_ALLOWED -> NO_PARAMETER_ALLOWED;
      case HELLO_NAME -> HELLO_NAME;
      case PATH_SYNTAX -> MAIL_SYNTAX;
      case SENDER_SYNTAX -> SENDER_SYNTAX;
      case SENDER_WITHOUT_DOMAIN -> SENDER_WITHOUT_DOMAIN;
      case RECIPIENT_SYNTAX -> RECIPIENT_SYNTAX;
      case ADDRESS_NOT_ASCII -> ADDRESS_NOT_ASCII;
      case PARAMETER_UNKNOWN -> PARAMETER_UNKNOWN;
      case PARAMETER_VALUE -> PARAMETER_VALUE;
    };
  }

  static SmtpReply of(BodyFault fault) {
    return switch (fault) {
      case BARE_END_OF_LINE -> BODY_BARE_END_OF_LINE;
      case LINE_TOO_LONG -> LINE_TOO_LONG;
      case TOO_LARGE -> TOO_LARGE;
      case HEADER_TOO_LARGE -> HEADER_TOO_LARGE;
      case LOOP -> MAIL_LOOP;
      case NOT_CONVERTIBLE -> NOT_CONVERTIBLE;
      case NOT_STORED -> NOT_SAFE;
    };
  }

  static SmtpReply of(Refuse refuse) {
    return SmtpReply.of(refuse.code(), refuse.status(), refuse.text());
  }

  /** The other way round. */
  static Refuse refusal(SmtpReply reply) {
    return new Refuse(
        reply.code(), reply.status().orElseThrow(), reply.lines().getFirst(), List.of());
  }

  private static SmtpReply reply(int code, String status, String text) {
    return SmtpReply.of(code, EnhancedStatus.parse(status), text);
  }
}
