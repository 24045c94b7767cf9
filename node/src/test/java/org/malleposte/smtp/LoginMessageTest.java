package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.Domain;

class LoginMessageTest {
  private static final Instant NOW = Instant.parse("2026-11-24T13:00:05Z");

  @Test
  void macrosAreExpandedAndEsmtpIsTheSecondWord() {
    assertThat(lines("$j Sendmail $v/$Z; $b"))
        .containsExactly("mx.example.org ESMTP Sendmail 1.2/1.2; Tue, 24 Nov 2026 13:00:05 +0000");
    assertThat(lines("$w of $m costs $$1 $x")).containsExactly("mx ESMTP of example.org costs $1");
    assertThat(lines("$j")).containsExactly("mx.example.org ESMTP");
    assertThat(lines(LoginMessage.DEFAULT)).containsExactly("mx.example.org ESMTP Malleposte");
  }

  @Test
  void itMayHaveSeveralLines() {
    assertThat(lines("$j Mail\nNo spam.\r\n\n"))
        .containsExactly("mx.example.org ESMTP Mail", "No spam.");
  }

  @Test
  void nothingThatEndsALineGetsIntoOne() {
    assertThat(lines("$j a\rb\tc\u00e9")).containsExactly("mx.example.org ESMTP a b c");
    assertThat(lines(" \n ")).containsExactly("mx.example.org ESMTP");
  }

  private static List<String> lines(String template) {
    return new LoginMessage(template, "1.2")
        .reply(Domain.of("mx.example.org"), "ESMTP", NOW)
        .lines();
  }
}
