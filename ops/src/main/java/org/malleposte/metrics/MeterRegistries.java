package org.malleposte.metrics;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** Makes the registry of a node. */
public final class MeterRegistries {
  private MeterRegistries() {}

  /**
   * A registry that already counts the JVM, the process and the log. Closing it ends the listeners
   * on garbage collection.
   */
  public static PrometheusMeterRegistry forProcess() {
    var gc = new JvmGcMetrics();
    var log = new LogbackMetrics();
    var registry = new Closing(List.of(gc, log));
    for (MeterBinder binder :
        List.of(
            gc,
            log,
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ClassLoaderMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics())) {
      binder.bindTo(registry);
    }
    return registry;
  }

  private static final class Closing extends PrometheusMeterRegistry {
    private final List<AutoCloseable> binders;

    Closing(List<AutoCloseable> binders) {
      super(PrometheusConfig.DEFAULT);
      this.binders = binders;
    }

    @Override
    public void close() {
      for (AutoCloseable binder : binders) {
        try {
          binder.close();
        } catch (Exception e) {
          throw new IllegalStateException("a binder did not close", e);
        }
      }
      super.close();
    }
  }
}
