package org.malleposte.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.malleposte.config.Listener;

/**
 * What all instances of {@link SmtpVerticle} of a node share: limits that count over all
 * connections, metrics, and the ports. Thread-safe.
 */
public final class SmtpServer {
  private final SmtpSettings settings;
  private final SmtpServices services;
  private final ConnectionCounts connections;
  private final ReceptionMemory memory;
  private final SmtpMetrics metrics;
  private final List<Integer> bindPorts = new ArrayList<>();
  private final AtomicIntegerArray actualPorts;

  public SmtpServer(SmtpSettings settings, SmtpServices services) {
    this.settings = settings;
    this.services = services;
    connections =
        new ConnectionCounts(settings.limits().counts(), services.policy(), this::monotonicMillis);
    memory = new ReceptionMemory(settings.limits().sizes().receptionBytes());
    metrics = new SmtpMetrics(services.meters());
    SmtpMetrics.gauges(services.meters(), connections::open, memory::usedBytes);
    actualPorts = new AtomicIntegerArray(settings.all().size());
    for (Listener listener : settings.all()) {
      // Instances that ask for one and the same negative port share one that the system chooses.
      bindPorts.add(
          listener.port() == 0 ? -1 - services.random().nextInt(1 << 30) : listener.port());
    }
  }

  /**
   * The ports in the order of the listeners, once an instance has started: others than configured
   * where the system was to choose.
   */
  public List<Integer> ports() {
    var ports = new ArrayList<Integer>(actualPorts.length());
    for (int i = 0; i < actualPorts.length(); i++) {
      ports.add(actualPorts.get(i));
    }
    return List.copyOf(ports);
  }

  SmtpSettings settings() {
    return settings;
  }

  SmtpServices services() {
    return services;
  }

  ConnectionCounts connections() {
    return connections;
  }

  ReceptionMemory memory() {
    return memory;
  }

  SmtpMetrics metrics() {
    return metrics;
  }

  /** For time-outs: a step of the wall clock must not cut every connection. */
  long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  int bindPort(int listener) {
    return bindPorts.get(listener);
  }

  void bound(int listener, int port) {
    actualPorts.set(listener, port);
  }
}
