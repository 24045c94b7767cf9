package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.malleposte.mail.EnhancedStatus;

class SmtpReplyTest {
  @Test
  void aTextFromATableCannotEndTheLine() {
    var reply = SmtpReply.of(550, EnhancedStatus.parse("5.7.1"), "no\r\n250 yes\u00e9\0");
    assertThat(wire(reply)).isEqualTo("550-5.7.1 no\r\n550 5.7.1 250 yes??\r\n");
  }

  @Test
  void aLineHasAtMost512Octets() {
    var reply = SmtpReply.of(550, EnhancedStatus.parse("5.7.1"), "x".repeat(2_000));
    assertThat(wire(reply)).hasSize(SmtpReply.LINE_MAX_OCTETS).endsWith("x\r\n");
  }

  @Test
  void severalLinesAreOneReply() {
    assertThat(wire(new SmtpReply(250, Optional.empty(), List.of("a", "b", "c"))))
        .isEqualTo("250-a\r\n250-b\r\n250 c\r\n");
  }

  /** RFC 2034 §4: the class of the enhanced code is the first digit of the code. */
  @TestFactory
  Stream<DynamicTest> codesAgree() {
    return Arrays.stream(SmtpReplies.class.getDeclaredFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .map(
            field ->
                DynamicTest.dynamicTest(
                    field.getName(),
                    () -> {
                      var reply = (SmtpReply) field.get(null);
                      reply
                          .status()
                          .ifPresent(
                              status ->
                                  assertThat(status.statusClass()).isEqualTo(reply.code() / 100));
                      // A greeting has none, nor has 354.
                      boolean hasNone =
                          reply.code() == 354 || reply.equals(SmtpReplies.EARLY_TALKER);
                      assertThat(reply.status().isPresent()).isNotEqualTo(hasNone);
                    }));
  }

  private static String wire(SmtpReply reply) {
    return new String(reply.encode(), US_ASCII);
  }
}
