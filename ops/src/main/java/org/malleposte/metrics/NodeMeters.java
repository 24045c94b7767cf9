package org.malleposte.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** The gauges of a node: how it is now. */
public final class NodeMeters {
  /** Asked at every scrape, on a worker thread: it may block on a disk, but not for long. */
  public interface Readings {
    /** Ports open, cluster joined, spool usable. */
    boolean ready();

    /** It brings mail into mailboxes. */
    boolean delivers();

    /** Live members, this one included. */
    int members();

    /** Shards, the directory included, that have no leader known here. */
    int leaderlessShards();

    /** Entries in this node's spool. */
    long spoolEntries();

    /** Of their bodies. */
    long spoolBytes();

    /** Entries of this spool that no other node has. */
    long spoolSingle();

    /** Held for other nodes. */
    long copiesHeld();

    /** Seconds. */
    long spoolOldest();

    /** Seconds. */
    long aloneFor();

    /** Since the start. */
    long adopted();

    boolean inDoubt();

    boolean diskLow();
  }

  private NodeMeters() {}

  /** Registers all gauges; the registry holds on to {@code readings}. */
  public static void register(MeterRegistry registry, Readings readings) {
    gauge(registry, MeterNames.NODE_READY, "Is ready", () -> readings.ready() ? 1 : 0);
    gauge(registry, MeterNames.NODE_DELIVERS, "Delivers", () -> readings.delivers() ? 1 : 0);
    gauge(registry, MeterNames.CLUSTER_MEMBERS, "Live members", readings::members);
    gauge(
        registry,
        MeterNames.STORE_LEADERLESS,
        "Shards without a known leader",
        readings::leaderlessShards);
    gauge(registry, MeterNames.SPOOL_ENTRIES, "Mails in the spool", readings::spoolEntries);
    gauge(
        registry, MeterNames.SPOOL_SINGLE, "Mails that only this node has", readings::spoolSingle);
    gauge(registry, MeterNames.COPIES_HELD, "Copies held for others", readings::copiesHeld);
    gauge(registry, MeterNames.ADOPTED, "Mails adopted from other nodes", readings::adopted);
    gauge(
        registry,
        MeterNames.IN_DOUBT,
        "Mails wait to know whether they were adopted",
        () -> readings.inDoubt() ? 1 : 0);
    gauge(
        registry,
        MeterNames.DISK_LOW,
        "New mail is refused for want of disk",
        () -> readings.diskLow() ? 1 : 0);
    seconds(registry, MeterNames.SPOOL_OLDEST, "Age of the oldest mail", readings::spoolOldest);
    seconds(registry, MeterNames.ALONE, "Mail is kept here alone since", readings::aloneFor);
    Gauge.builder(MeterNames.SPOOL_BYTES, readings::spoolBytes)
        .description("Bodies in the spool")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
  }

  private static void seconds(
      MeterRegistry registry, String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .baseUnit("seconds")
        .strongReference(true)
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }
}
