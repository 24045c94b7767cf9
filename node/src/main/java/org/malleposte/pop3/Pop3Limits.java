package org.malleposte.pop3;

import java.time.Duration;

/**
 * What one client may take.
 *
 * @param sessions at once, on this node
 * @param sessionsPerAddress at once, from one address; a /64 of IPv6 counts as one; loopback has no
 *     limit
 * @param authFailures logins denied, then the connection is closed
 * @param idle without a command or a byte taken, then the connection is closed without a word and
 *     nothing is deleted (RFC 1939 §3: at least 10 minutes)
 * @param drain how long running commands may go on when the node stops
 */
public record Pop3Limits(
    int sessions, int sessionsPerAddress, int authFailures, Duration idle, Duration drain) {
  /** A command with its CRLF. RFC 2449 §4 asks for 255 only. */
  public static final int COMMAND_OCTETS = 512;

  /** AUTH, and a SASL response, with CRLF: a Kerberos ticket or a token has kilobytes. */
  public static final int SASL_OCTETS = 12288;

  /** Unknown and malformed commands, then the connection is closed. */
  public static final int BAD_COMMANDS = 20;

  /** Bytes of replies that wait for a slow client before its next command is looked at. */
  public static final int WRITE_QUEUE_BYTES = 64 * 1024;

  public static final Pop3Limits DEFAULT =
      new Pop3Limits(2000, 50, 5, Duration.ofMinutes(10), Duration.ofSeconds(5));

  public Pop3Limits {
    if (sessions < 1 || sessionsPerAddress < 1 || authFailures < 1) {
      throw new IllegalArgumentException("limits of POP3 must be at least 1");
    }
    if (!idle.isPositive() || drain.isNegative()) {
      throw new IllegalArgumentException("durations of POP3 must be positive");
    }
  }
}
