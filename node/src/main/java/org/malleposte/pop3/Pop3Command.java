package org.malleposte.pop3;

import java.util.Optional;

/** What a client asked for. Message numbers are as written, from 1 to whatever. */
sealed interface Pop3Command {
  record User(String name) implements Pop3Command {}

  record Pass(String password) implements Pop3Command {
    @Override
    public String toString() {
      return "Pass[]";
    }
  }

  /**
   * @param digest in hexadecimal digits, if it is one
   */
  record Apop(String login, String digest) implements Pop3Command {
    @Override
    public String toString() {
      return "Apop[" + login + "]";
    }
  }

  /**
   * @param initial the initial response, decoded
   */
  record Auth(String mechanism, Optional<byte[]> initial) implements Pop3Command {
    @Override
    public String toString() {
      return "Auth[" + mechanism + "]";
    }
  }

  /** AUTH alone, from before RFC 5034: which mechanisms are there? */
  record AuthList() implements Pop3Command {}

  /** The answer to a challenge, decoded. */
  record SaslResponse(byte[] data) implements Pop3Command {
    @Override
    public String toString() {
      return "SaslResponse[]";
    }
  }

  /** A {@code *} in place of an answer. */
  record SaslCancel() implements Pop3Command {}

  record Capa() implements Pop3Command {}

  /** RFC 6856 §2.1. */
  record Utf8() implements Pop3Command {}

  /**
   * RFC 6856 §3.
   *
   * @param tag of a language, or an asterisk; empty: which are there?
   */
  record Lang(Optional<String> tag) implements Pop3Command {}

  record Stls() implements Pop3Command {}

  record Stat() implements Pop3Command {}

  record ListAll() implements Pop3Command {}

  record ListOne(long number) implements Pop3Command {}

  record UidlAll() implements Pop3Command {}

  record UidlOne(long number) implements Pop3Command {}

  record Retr(long number) implements Pop3Command {}

  record Top(long number, long lines) implements Pop3Command {}

  record Dele(long number) implements Pop3Command {}

  record Rset() implements Pop3Command {}

  record Noop() implements Pop3Command {}

  record Quit() implements Pop3Command {}

  /** Known, but not like this. */
  record Malformed(Mistake mistake) implements Pop3Command {}

  /** What is wrong with a line. */
  enum Mistake {
    UNKNOWN_COMMAND,
    ARGUMENT_MISSING,
    ARGUMENT_UNEXPECTED,
    NOT_A_NUMBER,
    NOT_BASE64,
    LINE_TOO_LONG,
    BARE_END_OF_LINE
  }
}
