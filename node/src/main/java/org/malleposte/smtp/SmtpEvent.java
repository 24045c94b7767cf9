package org.malleposte.smtp;

import java.time.Duration;
import java.util.Optional;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.smtp.SmtpClient.TlsInfo;

/** What happens to a session beside commands: mostly the answers to its asks. */
public sealed interface SmtpEvent {
  /**
   * @param greetPause zero: it is greeted at once
   */
  record Arrived(Optional<String> hostName, Verdict verdict, Duration greetPause)
      implements SmtpEvent {}

  /**
   * @param talked the client did not wait for our greeting (RFC 5321 §4.3.1)
   */
  record GreetPauseEnded(boolean talked) implements SmtpEvent {}

  record SenderChecked(Verdict verdict) implements SmtpEvent {}

  record RecipientChecked(RoutingDecision decision) implements SmtpEvent {}

  /** A line while a SASL challenge is open. */
  record SaslLine(String text) implements SmtpEvent {
    /** Without the text, which may hold a password. */
    @Override
    public String toString() {
      return "SaslLine";
    }
  }

  record SaslLineTooLong() implements SmtpEvent {}

  record LoginChecked(LoginAnswer answer) implements SmtpEvent {}

  record BodyOpened() implements SmtpEvent {}

  /** Too much is being received at the moment. */
  record BodyUnavailable() implements SmtpEvent {}

  /** The final dot has come, or the last octet of a chunk. */
  record BodyEnded(BodyOutcome outcome) implements SmtpEvent {}

  /** The message is so far above all limits that its end is not waited for. */
  record BodyEndless() implements SmtpEvent {}

  /** The refused chunk has gone by. */
  record Skipped() implements SmtpEvent {}

  record Verified(RoutingDecision decision) implements SmtpEvent {}

  /** What waits is on its way; or it was asked for too often. */
  record FlushBegun(boolean begun) implements SmtpEvent {}

  record Committed(CommitOutcome outcome) implements SmtpEvent {}

  /** It came in binary, and cannot be committed as it is, nor be made one of lines. */
  record NotConverted(BodyFault fault) implements SmtpEvent {}

  record TlsStarted(TlsInfo tls) implements SmtpEvent {}

  /** The client sent bytes behind STARTTLS before TLS began: someone may have put them there. */
  record DataBehindStartTls() implements SmtpEvent {}

  /** Nothing came for too long. */
  record TimedOut() implements SmtpEvent {}

  /** Something came, but too slowly. */
  record TooSlow() implements SmtpEvent {}

  /** The node wants to stop: told whenever the session waits for the client. */
  record Draining() implements SmtpEvent {}

  /** A step threw. */
  record Failed() implements SmtpEvent {}

  /** How the reading of a body ended. */
  sealed interface BodyOutcome {
    /**
     * @param sizeBytes decoded, without our trace header
     */
    record Complete(long sizeBytes, boolean eightBit) implements BodyOutcome {}

    /** A chunk that is not the last has come. */
    record More(long octets) implements BodyOutcome {}

    record Faulty(BodyFault fault) implements BodyOutcome {}
  }
}
