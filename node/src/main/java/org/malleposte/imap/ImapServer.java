package org.malleposte.imap;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.runtime.BlockingLane;

/** What all instances of {@link ImapVerticle} on a node share. Thread-safe. */
public final class ImapServer {
  private final ImapSettings settings;
  private final MailboxStore store;
  private final Authenticator authenticator;
  private final SaslMechanisms sasl;
  private final BlockingLane lane;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ImapMetrics metrics;
  private final ImapGate gate;
  private final UploadDirectory uploads;
  private final AtomicIntegerArray ports;

  /**
   * @param lane for reads of the store and for files
   * @param random must be thread-safe and must not repeat itself after a restart
   */
  public ImapServer(
      ImapSettings settings,
      MailboxStore store,
      Authenticator authenticator,
      SaslMechanisms sasl,
      BlockingLane lane,
      InstantSource clock,
      RandomGenerator random,
      ImapMetrics metrics) {
    this.settings = Objects.requireNonNull(settings);
    this.store = Objects.requireNonNull(store);
    this.authenticator = Objects.requireNonNull(authenticator);
    this.sasl = Objects.requireNonNull(sasl);
    this.lane = Objects.requireNonNull(lane);
    this.clock = Objects.requireNonNull(clock);
    this.random = Objects.requireNonNull(random);
    this.metrics = Objects.requireNonNull(metrics);
    gate = new ImapGate(settings);
    uploads = new UploadDirectory(settings.uploadDirectory());
    ports = new AtomicIntegerArray(settings.listeners().size());
  }

  /**
   * The port on which a listener is open; 0 before it is.
   *
   * @param listener its index in the settings
   */
  public int port(int listener) {
    return ports.get(listener);
  }

  /** Sessions that are open on this node. */
  public int sessions() {
    return gate.sessions();
  }

  void opened(int listener, int port) {
    ports.set(listener, port);
  }

  ImapSettings settings() {
    return settings;
  }

  MailboxStore store() {
    return store;
  }

  Authenticator authenticator() {
    return authenticator;
  }

  SaslMechanisms sasl() {
    return sasl;
  }

  UploadDirectory uploads() {
    return uploads;
  }

  BlockingLane lane() {
    return lane;
  }

  InstantSource clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  ImapMetrics metrics() {
    return metrics;
  }

  ImapGate gate() {
    return gate;
  }
}
