package org.malleposte.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotStufferTest {
  @ParameterizedTest
  @CsvSource({
    "'', .~",
    "a~, a~.~",
    "a, a~.~",
    ".~, ..~.~",
    "a~.~b~, a~..~b~.~",
    "a~..b, a~...b~.~",
    "a\\nb, a~b~.~",
    "a\\rb, a~b~.~",
    "a\\n.\\nb~, a~..~b~.~",
    "a\\r\\r\\n.~, a~~..~.~",
    "~~, ~~.~"
  })
  void doublesDotsAndSendsCrLfOnly(String message, String sent) throws IOException {
    var out = new ByteArrayOutputStream();
    new DotStuffer(out).write(new ByteArrayInputStream(bytes(message)));
    assertThat(out.toByteArray())
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo(new String(bytes(sent), StandardCharsets.US_ASCII));
  }

  private static byte[] bytes(String text) {
    return text.replace("~", "\r\n")
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
