package org.malleposte.line;

/** What {@link LineFramer} found in the bytes. */
public sealed interface Frame {
  /**
   * A line that ended in CRLF.
   *
   * @param octets without the CRLF; the receiver's from here on
   */
  record Line(byte[] octets) implements Frame {}

  /** A line over the limit has ended; its octets were dropped as they came. */
  record TooLong() implements Frame {}

  /**
   * A stretch that holds, or ended in, a CR or LF of its own. Whoever takes that for an end of line
   * can be made to see other commands than its neighbour, so it is never executed.
   */
  record BareEndOfLine() implements Frame {}

  /** The input is used up and the line has not ended. */
  record Partial() implements Frame {}

  Frame TOO_LONG = new TooLong();
  Frame BARE_END_OF_LINE = new BareEndOfLine();
  Frame PARTIAL = new Partial();
}
