package org.malleposte.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.json.Json;

/** Dashboards and alerts ask only for meters that a node has. */
class DashboardsTest {
  private static final Pattern METER = Pattern.compile("\\b(malleposte|jvm|logback)_[a-z0-9_]+");

  @ParameterizedTest
  @ValueSource(strings = {"dashboards/malleposte.json", "dashboards/alerts.yaml"})
  void everyMeterExists(String file) throws IOException {
    String scrape = scrape();
    var unknown = new TreeSet<String>();
    METER
        .matcher(Files.readString(Path.of(file)))
        .results()
        .map(match -> match.group())
        .filter(name -> !scrape.contains("\n" + name + "{") && !scrape.contains("\n" + name + " "))
        .forEach(unknown::add);

    assertThat(unknown).isEmpty();
  }

  @Test
  void theDashboardIsJson() throws IOException {
    assertThat(Json.readObject(Files.readString(Path.of("dashboards/malleposte.json"))))
        .containsEntry("title", "Malleposte");
  }

  @Test
  void gaugesReadTheNode() {
    assertThat(scrape().lines())
        .contains(
            "malleposte_node_ready 1.0",
            "malleposte_node_delivers 0.0",
            "malleposte_cluster_members 3.0",
            "malleposte_store_shards_leaderless 1.0",
            "malleposte_spool_entries 40.0",
            "malleposte_spool_size_bytes 4096.0",
            "malleposte_spool_single 4.0",
            "malleposte_copies_held 5.0",
            "malleposte_spool_oldest_seconds 6.0",
            "malleposte_node_alone_seconds 7.0",
            "malleposte_spool_adopted 8.0",
            "malleposte_spool_doubtful 0.0",
            "malleposte_disk_low 1.0");
  }

  private static String scrape() {
    PrometheusMeterRegistry registry = MeterRegistries.forProcess();
    try {
      new MailMeters(registry);
      NodeMeters.register(registry, new FixedReadings());
      return registry.scrape();
    } finally {
      registry.close();
    }
  }

  private static final class FixedReadings implements NodeMeters.Readings {
    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public boolean delivers() {
      return false;
    }

    @Override
    public int members() {
      return 3;
    }

    @Override
    public int leaderlessShards() {
      return 1;
    }

    @Override
    public long spoolEntries() {
      return 40;
    }

    @Override
    public long spoolBytes() {
      return 4096;
    }

    @Override
    public long spoolSingle() {
      return 4;
    }

    @Override
    public long copiesHeld() {
      return 5;
    }

    @Override
    public long spoolOldest() {
      return 6;
    }

    @Override
    public long aloneFor() {
      return 7;
    }

    @Override
    public long adopted() {
      return 8;
    }

    @Override
    public boolean inDoubt() {
      return false;
    }

    @Override
    public boolean diskLow() {
      return true;
    }
  }
}
