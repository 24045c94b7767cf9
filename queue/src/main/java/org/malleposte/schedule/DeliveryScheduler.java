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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.malleposte.blob.MessageBody;
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
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.schedule.Attempt.Plan;
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
  private static final String CLAIMS = "claims";

  /** What goes to a node that delivers goes oldest first, whatever was tried before. */
  private static final Instant AT_ONCE = Instant.EPOCH;

  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

  /** Who waits for others' mails to a destination to end looks again by itself after this. */
  private static final Duration BUSY_PATIENCE = Duration.ofMinutes(5);

  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(10);
  private static final Duration REPORT_RETRY = Duration.ofSeconds(30);

  /** The store remembers what was delivered for 30 days: an older mail might be doubled. */
  private static final Duration TOO_OLD = Duration.ofDays(28);

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
  private final RandomGenerator random;
  private final RetryPolicy policy;
  private final ResumeGate gate;
  private final Underway underway;
  private final MailLog log;
  private final Executor blocking;
  private final SerialExecutor serial;
  private final DestinationHealth health = new DestinationHealth();
  private final Attempt attempt;
  private final Reports reports;
  private final Flush flush;
  private final Agenda agenda = new Agenda();
  private final Agenda reporting = new Agenda();
  private final Set<QueueId> busy = new HashSet<>();
  private final Map<String, Instant> probed = new HashMap<>();
  private final Set<QueueId> hurried = new HashSet<>();
  private Outlet outlet = Outlet.NONE;
  private int running;
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
    this.random = random;
    this.policy = policy;
    this.gate = gate;
    this.underway = underway;
    this.log = log;
    this.blocking = lanes.blocking();
    this.serial = new SerialExecutor(lanes.virtual());
    this.reports = new Reports(spool, ways.bouncer(), log, lanes.blocking());
    this.attempt =
        new Attempt(
            ways.local(),
            ways.remote(),
            health,
            lanes.virtual(),
            serial,
            clock,
            this::destinationEnded);
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

  /** The postmaster wants everything tried now that is not held. */
  public void hurry() {
    serial.execute(
        () -> {
          var now = clock.instant();
          health.hurry(now);
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

  private void hurry(QueueId id, Instant now) {
    if (agenda.contains(id) && !agenda.isParkedAt(id, CLAIMS)) {
      hurried.add(id);
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
        while (running < MAX_RUNNING) {
          var next = agenda.poll(now);
          if (next.isEmpty()) {
            break;
          }
          begin(next.get());
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
        if (running < MAX_RUNNING) {
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

  // Delivery from here

  private record Loaded(SpoolRecord record, MessageBody body) {}

  private void begin(QueueId id) {
    busy.add(id);
    running++;
    Futures.call(blocking, () -> spool.read(id).map(r -> new Loaded(r, spool.body(id))))
        .whenCompleteAsync((loaded, e) -> loaded(id, loaded, e), serial);
  }

  private void loaded(QueueId id, Optional<Loaded> loaded, Throwable failure) {
    if (failure != null) {
      troubled(id, failure);
    } else if (loaded.isEmpty()) {
      backFrom(id);
    } else {
      attempt(loaded.get().record(), loaded.get().body());
    }
    step();
  }

  private void troubled(QueueId id, Throwable failure) {
    LOG.error("{}", id, Futures.cause(failure));
    running--;
    busy.remove(id);
    agenda.at(id, clock.instant().plus(AFTER_TROUBLE));
  }

  private void backFrom(QueueId id) {
    running--;
    busy.remove(id);
    place(id);
  }

  private void attempt(SpoolRecord record, MessageBody body) {
    var id = record.id();
    var now = clock.instant();
    var brief = spool.brief(id);
    if (record.entry().held() || brief.isEmpty()) {
      backFrom(id);
      return;
    }
    if (!now.isBefore(record.entry().acceptedAt().plus(TOO_OLD))) {
      settle(record, giveUp(record, "older than the store's memory", now), List.of());
      return;
    }
    var targets = triable(record, brief.get(), now);
    if (targets.isEmpty()) {
      waitForRemote(record, brief.get());
      return;
    }
    var started = attempt.start(record.entry(), targets, body);
    switch (started.plan()) {
      case Plan.Go _ -> {
        hurried.remove(id);
        started.ended().whenCompleteAsync((ended, e) -> attempted(record, ended, e), serial);
      }
      case Plan.Park(var destinations, var down) -> park(record, targets, destinations, down, now);
    }
  }

  // Local targets go whenever their shard does; remote ones keep their distance.
  private List<Target> triable(SpoolRecord record, Brief brief, Instant now) {
    boolean due = !record.entry().nextAttempt().isAfter(now) || hurried.contains(record.id());
    boolean remoteToo = due && gate.isOpen(record.id(), brief);
    return record.entry().pending().stream()
        .filter(t -> t instanceof Target.Local || remoteToo)
        .toList();
  }

  private void waitForRemote(SpoolRecord record, Brief brief) {
    running--;
    busy.remove(record.id());
    if (gate.isOpen(record.id(), brief)) {
      agenda.at(record.id(), record.entry().nextAttempt());
    } else {
      agenda.parkAt(record.id(), List.of(CLAIMS));
    }
  }

  private void park(
      SpoolRecord record, List<Target> targets, List<String> names, boolean down, Instant now) {
    var entry = record.entry();
    if (down && !now.isBefore(deadline(record))) {
      // It would wait for a destination that only one mail tries, and outlive its time or warning.
      var outcomes = new HashMap<Target, DeliveryOutcome>();
      targets.forEach(
          t ->
              outcomes.put(
                  t,
                  new DeliveryOutcome.Deferred(
                      new EnhancedStatus(4, 4, 1), "destination does not answer")));
      settle(record, progress(outcomes, Set.of(), entry.attempts(), now), List.of());
      return;
    }
    running--;
    busy.remove(record.id());
    var until = deadline(record);
    if (entry.nextAttempt().isAfter(now) && entry.nextAttempt().isBefore(until)) {
      until = entry.nextAttempt();
    }
    var busyUntil = now.plus(BUSY_PATIENCE);
    agenda.parkAt(
        record.id(),
        names,
        until.isAfter(now) && (down || until.isBefore(busyUntil)) ? until : busyUntil);
  }

  /** When a mail that is not delivered until then is warned of, or given up. */
  private Instant deadline(SpoolRecord record) {
    var accepted = record.entry().acceptedAt();
    return switch (record.warning()) {
      case SpoolRecord.Warning.NotYet _ -> accepted.plus(policy.warnAfter());
      case SpoolRecord.Warning.Due _, SpoolRecord.Warning.Given _ ->
          accepted.plus(policy.lifetime());
    };
  }

  private Progress giveUp(SpoolRecord record, String why, Instant now) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    record
        .entry()
        .pending()
        .forEach(t -> outcomes.put(t, new DeliveryOutcome.Failed(Progress.EXPIRED, why)));
    return progress(outcomes, Set.of(), record.entry().attempts(), now);
  }

  private Progress progress(
      Map<Target, DeliveryOutcome> outcomes, Set<Target> away, int attempts, Instant now) {
    return new Progress(
        outcomes,
        away,
        now,
        policy.delay(attempts + 1, random),
        QueueId.create(now, random),
        policy);
  }

  private void attempted(SpoolRecord record, Attempt.Ended ended, Throwable failure) {
    if (failure != null) {
      troubled(record.id(), failure);
    } else {
      logOutcomes(record, ended.outcomes());
      var progress =
          progress(ended.outcomes(), ended.away(), record.entry().attempts(), clock.instant());
      settle(record, progress, ended.awayLanes());
    }
    step();
  }

  private void logOutcomes(SpoolRecord record, Map<Target, DeliveryOutcome> outcomes) {
    outcomes.forEach(
        (target, outcome) -> {
          if (outcome instanceof DeliveryOutcome.Deferred(var status, var text)) {
            log.on(
                new MailEvent.Deferred(
                    record.id(), Reports.name(target), status + " " + Progress.bounded(text)));
          }
        });
  }

  private void settle(SpoolRecord record, Progress progress, List<String> awayLanes) {
    var id = record.id();
    var after = progress.applyTo(record);
    CompletableFuture<?> kept =
        after.entry().isDone()
            ? spool.remove(List.of(id), List.of())
            : after.equals(record)
                ? CompletableFuture.completedFuture(null)
                : spool.update(id, progress::applyTo);
    kept.whenCompleteAsync(
        (_, failure) -> {
          if (failure != null) {
            troubled(id, failure);
          } else {
            settled(id, after, awayLanes);
          }
          step();
        },
        serial);
  }

  private void settled(QueueId id, SpoolRecord after, List<String> awayLanes) {
    if (after.entry().isDone()) {
      log.on(new MailEvent.Finished(id));
    }
    backFrom(id);
    if (agenda.contains(id) && !awayLanes.isEmpty()) {
      // It would only find out again that the shard is away.
      var until = deadline(after);
      if (after.entry().nextAttempt().isBefore(until)
          && after.entry().nextAttempt().isAfter(clock.instant())) {
        until = after.entry().nextAttempt();
      }
      agenda.parkAt(id, awayLanes, until);
    }
  }

  private void destinationEnded(String destination, int free) {
    agenda.wake(destination, free, clock.instant());
    step();
  }

  private void finish(QueueId id) {
    busy.add(id);
    spool
        .remove(List.of(id), List.of())
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
      if (!delay.isZero() && agenda.contains(id) && outlet == Outlet.HAND_OVER) {
        agenda.at(id, clock.instant().plus(delay));
      }
    }
    step();
  }

  @Override
  public void refused(QueueId id, EnhancedStatus status, String text) {
    update(id, r -> giveUp(r, status, text).applyTo(r));
  }

  private Progress giveUp(SpoolRecord record, EnhancedStatus status, String text) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    record
        .entry()
        .pending()
        .forEach(t -> outcomes.put(t, new DeliveryOutcome.Failed(status, text)));
    return progress(outcomes, Set.of(), record.entry().attempts(), clock.instant());
  }

  @Override
  public void outcomes(QueueId id, Map<Target, DeliveryOutcome> outcomes) {
    var progress = progress(outcomes, Set.of(), 0, clock.instant());
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
