package org.malleposte.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.malleposte.delivery.DeliveryAgent;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.handover.Flush;
import org.malleposte.handover.FlushFallback;
import org.malleposte.handover.ResumeGate;
import org.malleposte.handover.Underway;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeLink;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.Brief;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns what is in this node's spool. On a node that delivers, local targets go into the store and
 * remote ones to their hosts; on any other, entries are flushed to a node that delivers, and wait
 * while there is none. An entry leaves the spool when none of its targets is pending and its sender
 * knows of those that failed.
 *
 * <p>Thread-safe; its state belongs to a serial executor. An entry is in one hand at a time: an
 * attempt's, the flush's or a report's.
 */
public final class DeliveryScheduler implements Flush.Source {
  /** Entries being delivered at once; a body of each may be in memory. */
  static final int MAX_RUNNING = 256;

  private static final int MAX_REPORTING = 16;
  private static final int PAGE = 1000;
  static final String CLAIMS = "claims";

  /** What goes to a node that delivers goes oldest first, whatever was tried before. */
  private static final Instant AT_ONCE = Instant.EPOCH;

  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

  static final Duration AFTER_TROUBLE = Duration.ofSeconds(10);
  private static final Duration REPORT_RETRY = Duration.ofSeconds(30);

  /** How long finished ids and untold news are kept, from the acceptance of the mail. */
  private static final Duration MEMORY = Duration.ofDays(35);

  private static final Duration FORGET_PERIOD = Duration.ofHours(1);
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryScheduler.class);

  /** Where entries go now. */
  private enum Outlet {
    DELIVER,
    HAND_OVER,
    NONE
  }

  private final Spool spool;
  private final Cluster cluster;
  private final Timers timers;
  private final InstantSource clock;
  private final ResumeGate gate;
  private final Underway underway;
  private final MailLog log;
  private final SerialExecutor serial;
  private final DestinationHealth health = new DestinationHealth();
  private final Deliveries deliveries;
  private final Reports reports;
  private final Flush flush;
  private final Agenda agenda = new Agenda();
  private final Agenda reporting = new Agenda();
  private final Set<QueueId> busy = new HashSet<>();
  private final Map<String, Instant> probed = new HashMap<>();
  private Outlet outlet = Outlet.NONE;
  private int reportsRunning;
  private Optional<Instant> alarmAt = Optional.empty();
  private Timers.Timer alarm = () -> {};

  /** The means by which mail leaves. */
  public record Ways(
      LocalDelivery local, DeliveryAgent remote, Bouncer bouncer, FlushFallback fallback) {}

  /** The threads that work is done on. {@code virtual}: a virtual thread a task. */
  public record Lanes(Executor blocking, Executor virtual) {}

  public DeliveryScheduler(
      Spool spool,
      Cluster cluster,
      NodeLink link,
      Ways ways,
      ResumeGate gate,
      Underway underway,
      RetryPolicy policy,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      MailLog log,
      Lanes lanes) {
    this.spool = spool;
    this.cluster = cluster;
    this.timers = timers;
    this.clock = clock;
    this.gate = gate;
    this.underway = underway;
    this.log = log;
    this.serial = new SerialExecutor(lanes.virtual());
    this.reports = new Reports(spool, ways.bouncer(), log, lanes.blocking());
    var attempt =
        new Attempt(
            ways.local(),
            ways.remote(),
            health,
            lanes.virtual(),
            serial,
            clock,
            this::destinationEnded);
    this.deliveries =
        new Deliveries(
            spool, attempt, gate, policy, clock, random, log, lanes.blocking(), serial, new Line());
    this.flush =
        new Flush(
            spool,
            link,
            timers,
            clock,
            log,
            serial,
            lanes.blocking(),
            lanes.virtual(),
            ways.fallback(),
            this);
    flush.onWake(this::step);
  }

  /** Begins with what is in the spool. */
  public void start() {
    cluster.onChange(view -> serial.execute(() -> onView(view)));
    gate.onOpen(() -> serial.execute(this::gateOpened));
    timers.every(FORGET_PERIOD, () -> spool.forget(clock.instant().minus(MEMORY)));
    serial.execute(
        () -> {
          outlet = outletOf(cluster.view());
          placeAll();
          step();
        });
  }

  /** An entry is committed in the spool, or has changed. */
  public void added(QueueId id) {
    serial.execute(
        () -> {
          place(id);
          step();
        });
  }

  /** Whether it is on its way to a node that delivers. Thread-safe. */
  public boolean isOffered(QueueId id) {
    return flush.isOffered(id);
  }

  /** The postmaster wants everything tried now that is not held. */
  public void hurry() {
    serial.execute(
        () -> {
          var now = clock.instant();
          health.hurry(_ -> true, now);
          flush.hurry();
          var page = spool.briefs(Optional.empty(), PAGE);
          while (!page.isEmpty()) {
            page.forEach(e -> hurry(e.getKey(), now));
            page = spool.briefs(Optional.of(page.getLast().getKey()), PAGE);
          }
          step();
        });
  }

  /** The postmaster wants this one tried now. */
  public void hurry(QueueId id) {
    serial.execute(
        () -> {
          place(id);
          hurry(id, clock.instant());
          step();
        });
  }

  /** A host is back: what waits for its domains is tried now. */
  public void hurry(List<QueueId> ids, Set<Domain> domains) {
    var names = domains.stream().map(Attempt::remote).collect(Collectors.toSet());
    serial.execute(
        () -> {
          var now = clock.instant();
          health.hurry(names::contains, now);
          ids.forEach(id -> hurry(id, now));
          step();
        });
  }

  private void hurry(QueueId id, Instant now) {
    if (agenda.contains(id) && !agenda.isParkedAt(id, CLAIMS)) {
      deliveries.hurry(id);
      agenda.at(id, outlet == Outlet.DELIVER ? now : AT_ONCE);
    }
  }

  private void onView(ClusterView view) {
    var next = outletOf(view);
    if (next != outlet) {
      LOG.info("mail that waits here: {}", next);
      boolean sameOrder = next != Outlet.DELIVER && outlet != Outlet.DELIVER;
      outlet = next;
      if (!sameOrder) {
        placeAll();
      }
    }
    step();
  }

  private static Outlet outletOf(ClusterView view) {
    if (view.member(view.self()).map(Member::mayDeliver).orElse(false)) {
      return Outlet.DELIVER;
    }
    return view.deliverers().isEmpty() ? Outlet.NONE : Outlet.HAND_OVER;
  }

  private void placeAll() {
    agenda.clear();
    var page = spool.briefs(Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      page.forEach(e -> place(e.getKey()));
      page = spool.briefs(Optional.of(page.getLast().getKey()), PAGE);
    }
  }

  /** Puts an entry where it has to wait, by what it is now. */
  private void place(QueueId id) {
    agenda.remove(id);
    var brief = spool.brief(id);
    if (brief.isEmpty()) {
      deliveries.forget(id);
    }
    // What is underway comes when it is committed; what is busy when it is back.
    if (brief.isEmpty() || busy.contains(id) || underway.contains(id)) {
      return;
    }
    if (brief.get().bouncing()) {
      reporting.at(id, clock.instant());
    } else if (!brief.get().local() && !brief.get().remote()) {
      finish(id);
    } else if (!brief.get().held()) {
      line(id, brief.get());
    }
  }

  private void line(QueueId id, Brief brief) {
    boolean open = !brief.remote() || gate.isOpen(id, brief);
    switch (outlet) {
      case DELIVER -> {
        if (open || brief.local()) {
          agenda.at(id, brief.nextAttempt());
        } else {
          agenda.parkAt(id, List.of(CLAIMS));
        }
      }
      case HAND_OVER, NONE -> {
        if (open) {
          agenda.at(id, AT_ONCE);
        } else {
          agenda.parkAt(id, List.of(CLAIMS));
        }
      }
    }
  }

  private void gateOpened() {
    agenda.waitingFor(CLAIMS).forEach(this::place);
    step();
  }

  /** Starts what can start now, and sets the alarm for what comes next. */
  private void step() {
    var now = clock.instant();
    report(now);
    switch (outlet) {
      case DELIVER -> {
        probe(now);
        while (deliveries.running() < MAX_RUNNING) {
          var next = agenda.poll(now);
          if (next.isEmpty()) {
            break;
          }
          busy.add(next.get());
          deliveries.begin(next.get());
        }
      }
      case HAND_OVER -> flush.pump(cluster.view());
      case NONE -> {}
    }
    setAlarm();
  }

  // The one that was waked for it may turn out not to go: then another is, a moment later.
  private void probe(Instant now) {
    health
        .pauses()
        .forEach(
            (destination, until) -> {
              if (!agenda.isParked(destination)) {
                if (until.isBefore(now)) {
                  health.forget(destination);
                }
              } else if (!probeAt(destination, until).isAfter(now)) {
                probed.put(destination, now);
                agenda.wake(destination, 1, now);
              }
            });
    probed.values().removeIf(at -> at.plus(PROBE_PATIENCE).isBefore(now));
  }

  private Instant probeAt(String destination, Instant until) {
    var last = probed.get(destination);
    return last == null || until.isAfter(last.plus(PROBE_PATIENCE))
        ? until
        : last.plus(PROBE_PATIENCE);
  }

  private void setAlarm() {
    var next = nextTime();
    if (next.isEmpty() || alarmAt.isPresent() && !alarmAt.get().isAfter(next.get())) {
      return;
    }
    alarm.cancel();
    alarmAt = next;
    var wait = Duration.between(clock.instant(), next.get());
    alarm =
        timers.after(
            wait.isNegative() ? Duration.ZERO : wait,
            () ->
                serial.execute(
                    () -> {
                      alarmAt = Optional.empty();
                      step();
                    }));
  }

  private Optional<Instant> nextTime() {
    var times = new ArrayList<Instant>();
    if (reportsRunning < MAX_REPORTING) {
      reporting.nextAt().ifPresent(times::add);
    }
    switch (outlet) {
      case DELIVER -> {
        if (deliveries.running() < MAX_RUNNING) {
          agenda.nextAt().ifPresent(times::add);
          health.pauses().forEach((name, until) -> addIfParked(times, name, until));
        }
      }
      case HAND_OVER -> agenda.nextAt().filter(at -> !at.equals(AT_ONCE)).ifPresent(times::add);
      case NONE -> {}
    }
    return times.stream().min(Instant::compareTo);
  }

  private void addIfParked(List<Instant> times, String destination, Instant until) {
    if (agenda.isParked(destination)) {
      times.add(probeAt(destination, until));
    }
  }

  // Reports

  private void report(Instant now) {
    while (reportsRunning < MAX_REPORTING) {
      var next = reporting.poll(now);
      if (next.isEmpty()) {
        return;
      }
      var id = next.get();
      if (busy.add(id)) {
        reportsRunning++;
        reports.make(id).whenCompleteAsync((made, e) -> reported(id, made, e), serial);
      }
    }
  }

  private void reported(QueueId id, Boolean made, Throwable failure) {
    reportsRunning--;
    busy.remove(id);
    if (failure != null) {
      LOG.error("{}: report to its sender", id, Futures.cause(failure));
    }
    if (failure != null || !made) {
      reporting.at(id, clock.instant().plus(REPORT_RETRY));
    } else {
      place(id);
    }
    step();
  }

  private void destinationEnded(String destination, int free) {
    agenda.wake(destination, free, clock.instant());
    step();
  }

  private void finish(QueueId id) {
    busy.add(id);
    spool
        .finish(List.of(id))
        .whenCompleteAsync(
            (_, failure) -> {
              busy.remove(id);
              if (failure != null) {
                LOG.error("{}", id, Futures.cause(failure));
                agenda.at(id, clock.instant().plus(AFTER_TROUBLE));
              } else {
                log.on(new MailEvent.Finished(id));
              }
            },
            serial);
  }

  /** Where {@link Deliveries} puts entries back. */
  private final class Line implements Deliveries.Line {
    @Override
    public void back(QueueId id) {
      busy.remove(id);
      place(id);
    }

    @Override
    public void backAt(QueueId id, Instant at) {
      back(id);
      if (isInLine(id)) {
        agenda.at(id, at);
      }
    }

    @Override
    public void backFor(QueueId id, List<String> destinations, Instant until) {
      back(id);
      if (isInLine(id)) {
        agenda.parkAt(id, destinations, until);
      }
    }

    // It may have been held or deleted meanwhile, or go elsewhere now.
    private boolean isInLine(QueueId id) {
      return outlet == Outlet.DELIVER && agenda.contains(id) && !agenda.isParkedAt(id, CLAIMS);
    }

    @Override
    public void step() {
      DeliveryScheduler.this.step();
    }
  }

  // Flush.Source

  @Override
  public List<Map.Entry<QueueId, Brief>> take(int entries, long bytes) {
    var now = clock.instant();
    var taken = new ArrayList<Map.Entry<QueueId, Brief>>();
    long sum = 0;
    while (taken.size() < entries) {
      var next = agenda.peek(now);
      if (next.isEmpty()) {
        break;
      }
      var brief = spool.brief(next.get());
      if (brief.isPresent()) {
        sum += brief.get().sizeBytes();
        if (!taken.isEmpty() && sum > bytes) {
          break;
        }
        taken.add(Map.entry(next.get(), brief.get()));
        busy.add(next.get());
      }
      agenda.remove(next.get());
    }
    return taken;
  }

  @Override
  public void handedOver(List<QueueId> ids) {
    ids.forEach(this::backFromFlush);
    step();
  }

  private void backFromFlush(QueueId id) {
    busy.remove(id);
    place(id);
  }

  @Override
  public void putBack(List<QueueId> ids, Duration delay, String why) {
    for (var id : ids) {
      backFromFlush(id);
      boolean waits = agenda.contains(id) && !agenda.isParkedAt(id, CLAIMS);
      if (!delay.isZero() && waits && outlet == Outlet.HAND_OVER) {
        agenda.at(id, clock.instant().plus(delay));
      }
    }
    step();
  }

  @Override
  public void refused(QueueId id, EnhancedStatus status, String text) {
    var outcome = new DeliveryOutcome.Failed(status, text);
    var progress = deliveries.progress(Map.of(), Set.of(), 0);
    update(id, record -> progress.with(record.entry().pending(), outcome).applyTo(record));
  }

  @Override
  public void outcomes(QueueId id, Map<Target, DeliveryOutcome> outcomes) {
    var progress = deliveries.progress(outcomes, Set.of(), 0);
    update(id, progress::applyTo);
  }

  private void update(QueueId id, UnaryOperator<SpoolRecord> change) {
    spool
        .update(id, change)
        .whenCompleteAsync(
            (_, failure) -> {
              if (failure != null) {
                LOG.error("{}", id, Futures.cause(failure));
              }
              backFromFlush(id);
              step();
            },
            serial);
  }
}
