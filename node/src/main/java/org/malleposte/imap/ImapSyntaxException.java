package org.malleposte.imap;

/** A command that cannot be understood; never leaves the parsers. */
final class ImapSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ImapReply reply;

  ImapSyntaxException(String text) {
    this(ImapReply.bad(text));
  }

  ImapSyntaxException(ImapReply reply) {
    // No stack trace: a client can cause thousands of these a second.
    super(reply.text(), null, false, false);
    this.reply = reply;
  }

  ImapReply reply() {
    return reply;
  }
}
