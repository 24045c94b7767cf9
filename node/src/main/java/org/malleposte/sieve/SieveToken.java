package org.malleposte.sieve;

/** One word of a script (RFC 5228 §8.1), with the line it begins on, from 1. */
sealed interface SieveToken {
  int line();

  record Identifier(int line, String name) implements SieveToken {}

  /**
   * @param name without its colon, in lower case
   */
  record Tag(int line, String name) implements SieveToken {}

  record Number(int line, long value) implements SieveToken {}

  record Quoted(int line, String value) implements SieveToken {}

  /** One of {@code ( ) [ ] { } , ;}. */
  record Mark(int line, char sign) implements SieveToken {}

  record End(int line) implements SieveToken {}
}
