package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The limits for single clients in {@code access}: rulesets RateControl, ConnControl, greet_pause.
 */
class ClientControlTest {
  private static final String ACCESS =
      """
      ClientRate:10.1	5
      ClientRate:10.1.2.3	0
      ClientRate:	10
      ClientConn:IPv6:2001:db8	2
      ClientConn:10.1	3
      GreetPause:slow.example	7000
      GreetPause:10.2	0
      GreetPause:10.3	999999999
      10.9	1
      """;

  @TempDir Path directory;

  @Test
  void theMostSpecialAddressCountsThenTheLineForAll() throws IOException {
    TableSet tables = load("");
    assertThat(tables.clientRate("10.1.9.9")).hasValue(5);
    assertThat(tables.clientRate("10.1.2.3")).as("0 is no limit").hasValue(0);
    assertThat(tables.clientRate("10.9.9.9"))
        .as("a key without the tag does not count")
        .hasValue(10);
    assertThat(tables.clientRate("2001:db8::1")).hasValue(10);
    assertThat(tables.clientConnections("2001:db8::1")).hasValue(2);
    assertThat(tables.clientConnections("10.1.1.1")).hasValue(3);
    assertThat(tables.clientConnections("10.2.1.1")).isEqualTo(OptionalInt.empty());
  }

  @Test
  void thePauseGoesByNameThenByAddress() throws IOException {
    TableSet tables = load("");
    assertThat(tables.greetPause("10.2.1.1", Optional.of("a.slow.example")))
        .contains(Duration.ofSeconds(7));
    assertThat(tables.greetPause("10.2.1.1", Optional.empty())).contains(Duration.ZERO);
    assertThat(tables.greetPause("10.3.1.1", Optional.empty())).contains(ClientControl.MAX_PAUSE);
    assertThat(tables.greetPause("10.4.1.1", Optional.of("b.example"))).isEmpty();
  }

  @Test
  void theFeaturesSwitchThemAndSayTheDefault() throws IOException {
    TableSet off = load("FEATURE(`access_db')\n");
    assertThat(off.clientRate("10.1.9.9")).isEmpty();
    assertThat(off.clientConnections("10.1.9.9")).isEmpty();
    assertThat(off.greetPause("10.3.1.1", Optional.empty())).isEmpty();

    TableSet on = load("FEATURE(`access_db')\nFEATURE(`greet_pause', `1500')\n");
    assertThat(on.greetPause("10.4.1.1", Optional.empty())).contains(Duration.ofMillis(1500));
    assertThat(on.greetPause("10.2.1.1", Optional.empty())).contains(Duration.ZERO);
  }

  private TableSet load(String mc) throws IOException {
    Files.writeString(directory.resolve("access"), ACCESS);
    if (!mc.isEmpty()) {
      Files.writeString(directory.resolve("sendmail.mc"), mc);
    }
    return new TableLoader(OwnHost.named("mx.example.com"), Map.of())
        .load(new TableSource(directory, directory.resolve("aliases")))
        .tables();
  }
}
