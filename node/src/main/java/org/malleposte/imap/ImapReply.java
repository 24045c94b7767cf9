package org.malleposte.imap;

import java.util.Objects;

/**
 * How a command ended (RFC 3501 §7.1).
 *
 * @param code of RFC 5530 and others, without brackets; empty for none
 * @param text for people
 */
record ImapReply(Status status, String code, String text) {
  enum Status {
    OK,
    NO,
    BAD
  }

  ImapReply {
    Objects.requireNonNull(status);
    if ((code + text).chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw new IllegalArgumentException("not printable: " + text);
    }
  }

  static ImapReply ok(String text) {
    return new ImapReply(Status.OK, "", text);
  }

  static ImapReply no(String code, String text) {
    return new ImapReply(Status.NO, code, text);
  }

  static ImapReply bad(String text) {
    return new ImapReply(Status.BAD, "", text);
  }

  ImapReply withCode(String newCode) {
    return new ImapReply(status, newCode, text);
  }

  /** A line without its break. */
  String line(String tag) {
    return tag + " " + status + (code.isEmpty() ? " " : " [" + code + "] ") + text;
  }
}
