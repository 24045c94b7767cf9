package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({"500ms,500", "60s,60000", "1m,60000", "5m,300000", "4h,14400000", "5d,432000000"})
  void durations(String text, long millis) {
    assertThat(Quantities.duration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"500ms", "0s", "60s", "90s", "2m", "4h", "5d"})
  void durationsAreShownAsWritten(String text) {
    assertThat(Quantities.show(Quantities.duration(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "4096,4096", "256KiB,262144", "50MiB,52428800", "2GiB,2147483648"})
  void sizes(String text, long bytes) {
    assertThat(Quantities.size(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "m", "-5m", "5 m", "5w", "1.5h", "9999999999s"})
  void whatIsNoDuration(String text) {
    assertThatThrownBy(() -> Quantities.duration(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSizeOverALongIsRefused() {
    assertThatThrownBy(() -> Quantities.size("999999999999999TiB"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too large");
  }
}
