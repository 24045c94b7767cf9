package org.malleposte.imap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What the IMAP server counts. All meters are there from the start, at zero. Thread-safe. */
public final class ImapMetrics {
  /** Why a connection was refused or ended by us. */
  enum Ended {
    TOO_MANY,
    TOO_MANY_FROM_ADDRESS,
    TOO_MANY_OF_ACCOUNT,
    TIMEOUT,
    TOO_LONG,
    BAD_COMMANDS,
    FAILURE
  }

  private final Counter connections;
  private final Counter granted;
  private final Counter denied;
  private final Counter commands;
  private final Counter bad;
  private final Counter appended;
  private final Counter fetchedBytes;
  private final Timer commandTime;
  private final AtomicInteger sessions = new AtomicInteger();
  private final Map<Ended, Counter> ended = new EnumMap<>(Ended.class);

  public ImapMetrics(MeterRegistry registry) {
    connections = registry.counter("malleposte.imap.connections");
    granted = registry.counter("malleposte.imap.logins", "outcome", "granted");
    denied = registry.counter("malleposte.imap.logins", "outcome", "denied");
    commands = registry.counter("malleposte.imap.commands", "outcome", "understood");
    bad = registry.counter("malleposte.imap.commands", "outcome", "bad");
    appended = registry.counter("malleposte.imap.uploads");
    fetchedBytes = registry.counter("malleposte.imap.sent.bytes");
    commandTime = registry.timer("malleposte.imap.command.time");
    Gauge.builder("malleposte.imap.sessions", sessions, AtomicInteger::get).register(registry);
    for (var reason : Ended.values()) {
      String name = reason.name().toLowerCase(java.util.Locale.ROOT);
      ended.put(reason, registry.counter("malleposte.imap.ended", "reason", name));
    }
  }

  void opened() {
    connections.increment();
    sessions.incrementAndGet();
  }

  void closed() {
    sessions.decrementAndGet();
  }

  void loginGranted() {
    granted.increment();
  }

  void loginDenied() {
    denied.increment();
  }

  void understood() {
    commands.increment();
  }

  void performed(Duration took) {
    commandTime.record(took);
  }

  void badCommand() {
    bad.increment();
  }

  void uploaded() {
    appended.increment();
  }

  void sent(int bytes) {
    fetchedBytes.increment(bytes);
  }

  void ended(Ended reason) {
    ended.get(reason).increment();
  }
}
