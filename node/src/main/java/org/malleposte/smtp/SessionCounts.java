package org.malleposte.smtp;

import java.util.Optional;
import org.malleposte.smtp.SmtpLimits.Counts;

/** What one session has used up of {@link Counts}. Belongs to the session. */
final class SessionCounts {
  private final Counts limits;
  private int errors;
  private int refusedRecipients;
  private int failedLogins;
  private int commandsWithoutMail;

  SessionCounts(Counts limits) {
    this.limits = limits;
  }

  /** Empty while the session may go on, else the reply with which it ends. */
  Optional<SmtpReply> error() {
    return over(++errors, limits.errors(), SmtpReplies.TOO_MANY_ERRORS);
  }

  Optional<SmtpReply> refusedRecipient() {
    return over(++refusedRecipients, limits.refusedRecipients(), SmtpReplies.TOO_MANY_ERRORS);
  }

  Optional<SmtpReply> failedLogin() {
    return over(++failedLogins, limits.failedLogins(), SmtpReplies.TOO_MANY_ERRORS);
  }

  /** Counts a command that brings no mail nearer, or begins one that may never come. */
  Optional<SmtpReply> command() {
    return over(++commandsWithoutMail, limits.commandsWithoutMail(), SmtpReplies.TOO_MANY_COMMANDS);
  }

  /** Whether so much has gone wrong that the client has to wait for each further refusal. */
  boolean isSlowed() {
    return errors > limits.errorsBeforeDelay() || refusedRecipients > limits.errorsBeforeDelay();
  }

  void mailTaken() {
    commandsWithoutMail = 0;
  }

  private static Optional<SmtpReply> over(int count, int limit, SmtpReply reply) {
    return count > limit ? Optional.of(reply) : Optional.empty();
  }
}
