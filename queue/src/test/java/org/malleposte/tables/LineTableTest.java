package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineTableTest {
  /** Against a map of the JDK: first stays with add, last with replace. */
  @Test
  void findsWhatAMapFinds() {
    long seed = 11;
    var random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      var builder = new LineTable.Builder("t");
      Map<String, String> expected = new HashMap<>();
      for (int line = 1; line <= 2000; line++) {
        String key =
            "k" + Integer.toString(random.nextInt(1500), 36) + (random.nextBoolean() ? "é" : "");
        String value = "v" + line;
        if (builder.add(line, key, value)) {
          assertThat(expected.put(key, line + value)).isNull();
        } else if (random.nextBoolean()) {
          builder.replace(line, key, value);
          expected.put(key, line + value);
        }
      }
      LineTable table = builder.build();
      LineTable copy = LineTable.ofBytes("", table.files(), table.bytes());
      assertThat(table.size()).as("seed %d", seed).isEqualTo(expected.size());
      expected.forEach(
          (key, value) -> {
            TableLine line = table.find(key.toUpperCase(java.util.Locale.ROOT)).orElseThrow();
            assertThat(line.line() + line.value()).isEqualTo(value);
            assertThat(copy.find(key)).contains(line);
          });
      assertThat(table.find("absent")).isEmpty();
      var all = new ArrayList<TableLine>();
      table.forEach(all::add);
      assertThat(all).hasSize(expected.size());
    }
  }
}
