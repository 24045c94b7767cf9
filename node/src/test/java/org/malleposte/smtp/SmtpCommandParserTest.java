package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.DsnRequest.Returned;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.ReversePath;
import org.malleposte.smtp.SmtpCommand.Fault;
import org.malleposte.smtp.SmtpCommand.Faulty;
import org.malleposte.smtp.SmtpCommand.Mail;
import org.malleposte.smtp.SmtpCommand.Rcpt;

class SmtpCommandParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "MAIL FROM:<a@b.test>|a@b.test",
        "mail from:<a@B.TEST>|a@b.test",
        "MAIL FROM: <a@b.test>|a@b.test",
        "MAIL FROM:a@b.test|a@b.test",
        "MAIL FROM:<\"a b\"@b.test>|\"a b\"@b.test",
        "MAIL FROM:<\"a>b\"@b.test>|\"a>b\"@b.test",
        "MAIL FROM:<\"a\\\"b\"@b.test>|\"a\\\"b\"@b.test",
        "MAIL FROM:<@x.test,@y.test:a@b.test>|a@b.test",
        "MAIL FROM:<a@[192.0.2.1]>|a@[192.0.2.1]",
        "MAIL FROM:<a@[IPv6:2001:db8::1]>|a@[ipv6:2001:db8::1]",
        "MAIL FROM:<a+b=c/d@b.test>|a+b=c/d@b.test",
      })
  void readsSenders(String line, String address) {
    assertThat(parse(line))
        .isEqualTo(new Mail(ReversePath.of(EmailAddress.parse(address)), MailParameters.NONE));
  }

  @Test
  void readsParameters() {
    var both = parameters(OptionalLong.of(1234), BodyType.EIGHT_BIT_MIME);
    assertThat(parse("MAIL FROM:<> SIZE=1234 BODY=8BITMIME AUTH=<>"))
        .isEqualTo(new Mail(ReversePath.NULL, both));
    assertThat(parse("MAIL FROM:<>  body=7bit   auth=e+3Dmc2@example.test "))
        .isEqualTo(new Mail(ReversePath.NULL, MailParameters.NONE));
    assertThat(parse("MAIL FROM:<> SIZE=99999999999999999999"))
        .isEqualTo(
            new Mail(
                ReversePath.NULL, parameters(OptionalLong.of(Long.MAX_VALUE), BodyType.SEVEN_BIT)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "MAIL|PATH_SYNTAX",
        "MAIL FROM|PATH_SYNTAX",
        "MAIL FROM:|PATH_SYNTAX",
        "MAIL TO:<a@b.test>|PATH_SYNTAX",
        "MAIL FROM:<a@b.test|SENDER_SYNTAX",
        "MAIL FROM:<a@b.test>x|SENDER_SYNTAX",
        "MAIL FROM:<a@b.test>>|SENDER_SYNTAX",
        "MAIL FROM:<a b@b.test>|SENDER_SYNTAX",
        "MAIL FROM:<a@b..test>|SENDER_SYNTAX",
        "MAIL FROM:<@b.test>|SENDER_SYNTAX",
        "MAIL FROM:<a@>|SENDER_SYNTAX",
        "MAIL FROM:<\"a@b.test>|SENDER_SYNTAX",
        "MAIL FROM:<a>|SENDER_WITHOUT_DOMAIN",
        "MAIL FROM:<> SIZE|PARAMETER_VALUE",
        "MAIL FROM:<> SIZE=|PARAMETER_VALUE",
        "MAIL FROM:<> SIZE=-1|PARAMETER_VALUE",
        "MAIL FROM:<> SIZE=123456789012345678901|PARAMETER_VALUE",
        "MAIL FROM:<> BODY=9BIT|PARAMETER_VALUE",
        "MAIL FROM:<> AUTH=a=b|PARAMETER_VALUE",
        "MAIL FROM:<> AUTH=+zz|PARAMETER_VALUE",
        "MAIL FROM:<> X=Y|PARAMETER_UNKNOWN",
        "RCPT FROM:<a@b.test>|PATH_SYNTAX",
        "RCPT TO:<>|RECIPIENT_SYNTAX",
        "RCPT TO:<@a.test:>|RECIPIENT_SYNTAX",
        "RCPT TO:<a b>|RECIPIENT_SYNTAX",
        "RCPT TO:<@b.test>|RECIPIENT_SYNTAX",
        "RCPT TO:<a@b.test> X|PARAMETER_UNKNOWN",
        "EHLO|PARAMETER_MISSING",
        "EHLO a b|HELLO_NAME",
        "EHLO a(b)|HELLO_NAME",
        "HELO <a>|HELLO_NAME",
        "VRFY|PARAMETER_MISSING",
        "AUTH|PARAMETER_MISSING",
        "DATA now|NO_PARAMETER_ALLOWED",
        "QUIT now|NO_PARAMETER_ALLOWED",
        "STARTTLS now|NO_PARAMETER_ALLOWED",
        "NO\u0001OP|CHARACTER_NOT_ALLOWED",
      })
  void namesTheFault(String line, Fault fault) {
    assertThat(parse(line)).isEqualTo(new Faulty(fault));
  }

  @Test
  void whoIsLocalNeedsNoDomain() {
    assertThat(parse("RCPT TO:<PostMaster>"))
        .isEqualTo(new Rcpt(new ForwardPath.Bare("PostMaster", true), OfRecipient.NOTHING));
    assertThat(parse("RCPT TO:<\"a b\">"))
        .isEqualTo(new Rcpt(new ForwardPath.Bare("a b", true), OfRecipient.NOTHING));
    assertThat(parse("RCPT TO:<b\u00f6b>"))
        .isEqualTo(new Rcpt(new ForwardPath.Bare("b\u00f6b", false), OfRecipient.NOTHING));
  }

  @Test
  void whatSendmailsTablesReadNeedsNoQuotes() {
    assertThat(parse("RCPT TO:<\\alice@b.test>"))
        .isEqualTo(
            new Rcpt(
                new ForwardPath.Mailbox(new EmailAddress("\\alice", Domain.of("b.test")), true),
                OfRecipient.NOTHING));
  }

  @Test
  void authKeepsItsResponseOutOfPrint() {
    SmtpCommand auth = parse("AUTH PLAIN AGEAc2VjcmV0");
    assertThat(auth).isEqualTo(new SmtpCommand.Auth("PLAIN", Optional.of("AGEAc2VjcmV0")));
    assertThat(auth.toString()).doesNotContain("AGEAc2VjcmV0");
  }

  @Test
  void onlyAuthMayBeLong() {
    String filler = "x".repeat(SmtpCommandParser.COMMAND_MAX_OCTETS - 7);
    assertThat(parse("NOOP " + filler)).isEqualTo(new SmtpCommand.Noop());
    assertThat(parse("NOOP x" + filler)).isEqualTo(new Faulty(Fault.LINE_TOO_LONG));
    assertThat(parse("AUTH x" + filler)).isInstanceOf(SmtpCommand.Auth.class);
  }

  @Test
  void utf8IsReadAndAnythingElseRefused() {
    assertThat(parse("RCPT TO:<b\u00f6b@mx.test>")).isInstanceOf(Rcpt.class);
    assertThat(SmtpCommandParser.parse(new byte[] {'N', 'O', 'O', 'P', ' ', (byte) 0xff}))
        .isEqualTo(new Faulty(Fault.CHARACTER_NOT_ALLOWED));
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultHasAReply(Fault fault) {
    assertThat(SmtpReplies.of(fault).code()).isBetween(500, 555);
  }

  @Test
  void neverThrows() {
    long seed = 4711;
    var random = new Random(seed);
    String[] pieces = {
      "MAIL FROM:",
      "RCPT TO:",
      "<",
      ">",
      "@",
      "\"",
      "\\",
      " ",
      "a",
      ".",
      ":",
      ",",
      "[",
      "]",
      "=",
      "SIZE",
      "BODY",
      "AUTH",
      "\u00e9",
      "+",
      "-",
      "EHLO ",
      "\t"
    };
    for (int round = 0; round < 20_000; round++) {
      var line = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        line.append(pieces[random.nextInt(pieces.length)]);
      }
      assertThat(parse(line.toString())).as("seed %d: %s", seed, line).isNotNull();
    }
  }

  private static SmtpCommand parse(String line) {
    return SmtpCommandParser.parse(line.getBytes(UTF_8));
  }

  private static MailParameters parameters(OptionalLong sizeBytes, BodyType body) {
    return new MailParameters(sizeBytes, body, false, Returned.UNSAID, Optional.empty());
  }
}
