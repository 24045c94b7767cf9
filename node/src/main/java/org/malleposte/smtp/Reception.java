package org.malleposte.smtp;

import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.smtp.SmtpSettings.Dialect;
import org.malleposte.smtp.SmtpState.Hello;

/** What a mail carries of the session that brought it: its trace and its envelope. Pure. */
record Reception(Domain here, Dialect dialect, SmtpClient client, Hello hello, Transaction mail) {
  TraceHeader trace() {
    Optional<EmailAddress> only =
        mail.recipients().size() == 1
            ? Optional.of(mail.recipients().getFirst())
            : Optional.empty();
    return TraceHeader.of(client, hello.name(), protocol(), here, only);
  }

  /** What a submitted message may lack. */
  SubmittedHeader.Missing missing(Instant now, RandomGenerator random) {
    return new SubmittedHeader.Missing(
        TraceHeader.date(now), "<" + QueueId.create(now, random) + "@" + here + ">");
  }

  /**
   * @param eightBit the message had such bytes, whatever the client said
   */
  Envelope envelope(boolean eightBit) {
    return new Envelope(
        mail.from(),
        mail.recipients(),
        new Envelope.Client(client.address(), hello.name(), protocol()),
        bodyType(eightBit),
        client.account(),
        mail.smtpUtf8(),
        mail.dsn());
  }

  /** What came in binary is of lines when it is committed, some perhaps with eight bits. */
  private BodyType bodyType(boolean eightBit) {
    return switch (mail.body()) {
      case SEVEN_BIT -> eightBit ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT;
      case EIGHT_BIT_MIME, BINARY_MIME -> BodyType.EIGHT_BIT_MIME;
    };
  }

  /** RFC 3848, and RFC 6531 §4.3. */
  private String protocol() {
    if (!hello.extended()) {
      return "SMTP";
    }
    String name =
        switch (dialect) {
          case SMTP -> mail.smtpUtf8() ? "UTF8SMTP" : "ESMTP";
          case LMTP -> mail.smtpUtf8() ? "UTF8LMTP" : "LMTP";
        };
    return name + (client.tls().isPresent() ? "S" : "") + (client.account().isPresent() ? "A" : "");
  }
}
