package org.malleposte.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsWhatItWrote() {
    Object value =
        Json.object(
            "text", "a \"b\" \\ \n \u0001 é",
            "numbers", Arrays.asList(1, 5_000_000_000L, 1.5, null),
            "nested", Map.of("yes", true));

    assertThat(Json.read(Json.write(value))).isEqualTo(value);
    assertThat(Json.read(Json.pretty(value))).isEqualTo(value);
  }

  @Test
  void anOptionalIsItsValueOrNull() {
    assertThat(Json.write(List.of(Optional.of("x"), Optional.empty()))).isEqualTo("[\"x\",null]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{} {}", "{\"a\":}", "nul", "[1,]", "'x'"})
  void refusesWhatIsNoJson(String text) {
    assertThatThrownBy(() -> Json.read(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesDepth() {
    String deep = "[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1);

    assertThatThrownBy(() -> Json.read(deep)).isInstanceOf(IllegalArgumentException.class);
  }
}
