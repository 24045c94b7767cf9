package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsernameFormatTest {
  @ParameterizedTest
  @CsvSource({
    "%u,Alice@Example.org,Alice@Example.org",
    "%Lu,Alice@Example.org,alice@example.org",
    "%n,Alice@Example.org,Alice",
    "%Ln,Alice@Example.org,alice",
    "%Un,Alice@Example.org,ALICE",
    "%n,Alice,Alice",
    "%n-%d,Alice,Alice-",
    "%Ln@example.net,Alice@Example.org,alice@example.net",
    "%n,a@b@c,a@b",
    "%{user},Alice,Alice",
    "%L{username}+x%%,Alice@Example.org,alice+x%",
    "%n%{domain},a@b,ab"
  })
  void isAppliedAsDovecotDoes(String format, String login, String expected) {
    assertThat(UsernameFormat.parse(format).apply(login)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "%L", "%x", "%{", "%{user", "%{nothing}", "alice", "%d", "%%"})
  void whatIsNoneIsRefused(String format) {
    assertThatThrownBy(() -> UsernameFormat.parse(format))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itsLengthIsBounded() {
    assertThatThrownBy(() -> UsernameFormat.parse("%u".repeat(40))).hasMessageContaining("over 32");
  }
}
