package org.malleposte.smtp;

import java.time.Duration;

/**
 * What one client, and all clients together, may use up. Each limit has a reply; a test names it.
 */
public record SmtpLimits(Sizes sizes, Counts counts, Times times) {
  /** A chunk of fewer octets is small: {@link Counts#smallChunks}. */
  static final int SMALL_CHUNK_OCTETS = 1 << 10;

  /**
   * @param textLineOctets of a line of a message, with CRLF; RFC 5321 §4.5.3.1.6 says 1,000, but
   *     mails with longer ones are common and refusing them loses mail (500 above)
   * @param messageBytes decoded, as received (552 5.3.4)
   * @param messageReadBytes of a message that is refused anyway; above, the connection is cut (421)
   * @param headerBytes up to the empty line (552 5.3.4)
   * @param receptionBytes memory for bodies being received and committed, all connections together;
   *     when it is used up, bodies go to disk, and a new DATA gets 452 4.3.1
   */
  public record Sizes(
      int textLineOctets,
      long messageBytes,
      long messageReadBytes,
      int headerBytes,
      long receptionBytes) {}

  /**
   * @param recipients of a mail (452 4.5.3)
   * @param recipientCommands of a mail, refused ones too (421)
   * @param smallChunks of a mail, but for its last (421): those of a size are bounded by the
   *     message's, and each of these costs a command and a reply
   * @param refusedRecipients of a session (421): a guesser of addresses
   * @param errors of a session (421)
   * @param errorsBeforeDelay of a session, or refused recipients; each further one is answered
   *     after {@link Times#tarpit}
   * @param commandsWithoutMail between two mails that were taken (421)
   * @param failedLogins of a session (421)
   * @param hops {@code Received} lines (554 5.4.6)
   * @param connections all clients together (421)
   * @param clientConnections of one address; a /64 of IPv6 counts as one; loopback has no limit
   *     (421); 0: no limit
   * @param clientConnectionsPerMinute of one address, as above (421); 0: no limit
   */
  public record Counts(
      int recipients,
      int recipientCommands,
      int smallChunks,
      int refusedRecipients,
      int errors,
      int errorsBeforeDelay,
      int commandsWithoutMail,
      int failedLogins,
      int hops,
      int connections,
      int clientConnections,
      int clientConnectionsPerMinute) {}

  /**
   * @param command between two commands (RFC 5321 §4.5.3.2.7: at least 5 minutes)
   * @param commandLine from the first byte of a line to its last: a slow drip is cut
   * @param bodyWindow in which a message must make progress (RFC 5321 §4.5.3.2.5: 3 minutes)
   * @param bodyWindowBytes the progress
   * @param replyWindow in which the client must take what we have written
   * @param greetPause before our greeting; who talks in it is refused (sendmail's greet_pause)
   * @param tarpit a client that makes mistakes waits so long for each reply
   * @param drain how long a message in reception may go on after {@code stop}
   */
  public record Times(
      Duration command,
      Duration commandLine,
      Duration bodyWindow,
      int bodyWindowBytes,
      Duration tlsHandshake,
      Duration replyWindow,
      Duration greetPause,
      Duration tarpit,
      Duration drain) {
    public Times withCommand(Duration other) {
      return new Times(
          other,
          commandLine,
          bodyWindow,
          bodyWindowBytes,
          tlsHandshake,
          replyWindow,
          greetPause,
          tarpit,
          drain);
    }
  }

  public static SmtpLimits defaults() {
    return new SmtpLimits(
        new Sizes(64 << 10, 50L << 20, 512L << 20, 256 << 10, 128L << 20),
        new Counts(1_000, 20_000, 1_000, 100, 20, 5, 100, 5, 25, 2_000, 100, 600),
        new Times(
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(3),
            16 << 10,
            Duration.ofSeconds(30),
            Duration.ofMinutes(3),
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofSeconds(20)));
  }
}
