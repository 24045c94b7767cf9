package org.malleposte.smtp;

import java.time.Duration;
import org.malleposte.smtp.SmtpLimits.Counts;
import org.malleposte.smtp.SmtpLimits.Sizes;
import org.malleposte.smtp.SmtpLimits.Times;

/** Small limits, so that a short transcript can go over them. */
final class TestLimits {
  private TestLimits() {}

  static SmtpLimits transcripts() {
    return new SmtpLimits(
        new Sizes(1_000, 10_000, 1_000_000, 2_000, 10L << 20),
        new Counts(3, 20, 10, 6, 8, 8, 20, 2, 4, 1_000, 1_000, 0),
        SmtpLimits.defaults().times());
  }

  static SmtpLimits with(Counts counts) {
    return new SmtpLimits(SmtpLimits.defaults().sizes(), counts, SmtpLimits.defaults().times());
  }

  static SmtpLimits with(Sizes sizes) {
    return new SmtpLimits(sizes, SmtpLimits.defaults().counts(), SmtpLimits.defaults().times());
  }

  /** Everything is cut after {@code limit}, whoever does not bring 1,000 bytes of a body in it. */
  static SmtpLimits quick(Duration limit) {
    return new SmtpLimits(
        SmtpLimits.defaults().sizes(),
        SmtpLimits.defaults().counts(),
        new Times(
            limit,
            limit,
            limit,
            1_000,
            limit,
            limit,
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofSeconds(2)));
  }

  static SmtpLimits drain(Duration limit) {
    Times times = SmtpLimits.defaults().times();
    return new SmtpLimits(
        SmtpLimits.defaults().sizes(),
        SmtpLimits.defaults().counts(),
        new Times(
            times.command(),
            times.commandLine(),
            times.bodyWindow(),
            times.bodyWindowBytes(),
            times.tlsHandshake(),
            times.replyWindow(),
            times.greetPause(),
            times.tarpit(),
            limit));
  }
}
