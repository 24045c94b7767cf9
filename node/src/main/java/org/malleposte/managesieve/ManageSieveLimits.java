package org.malleposte.managesieve;

import java.time.Duration;
import org.malleposte.sieve.SieveLimits;

/**
 * What one client may take.
 *
 * @param sessions at once, on this node
 * @param authFailures logins denied, then the connection is closed
 * @param idle without a command or a byte taken, then the connection is closed (RFC 5804 §1.2: at
 *     least 30 minutes after login)
 * @param drain how long running commands may go on when the node stops
 */
public record ManageSieveLimits(int sessions, int authFailures, Duration idle, Duration drain) {
  /** A line with its CRLF: a Kerberos ticket or a token has kilobytes. */
  static final int LINE_OCTETS = 12_288;

  /** A literal before login. */
  static final int LITERAL_BEFORE_LOGIN_OCTETS = 12_288;

  /** A literal: a script that is a little too large is read, and then refused. */
  static final int LITERAL_OCTETS = 2 * SieveLimits.SCRIPT_MAX_BYTES;

  /** A command with all its literals. */
  static final int COMMAND_OCTETS = LITERAL_OCTETS + 2 * LINE_OCTETS;

  /** Unknown and malformed commands, then the connection is closed. */
  static final int BAD_COMMANDS = 20;

  /** Bytes of replies that wait for a slow client before its next command is looked at. */
  static final int WRITE_QUEUE_BYTES = 64 * 1024;

  public static final ManageSieveLimits DEFAULT =
      new ManageSieveLimits(2000, 5, Duration.ofMinutes(30), Duration.ofSeconds(5));

  public ManageSieveLimits {
    if (sessions < 1 || authFailures < 1 || !idle.isPositive() || drain.isNegative()) {
      throw new IllegalArgumentException("limits of ManageSieve must be positive");
    }
  }
}
