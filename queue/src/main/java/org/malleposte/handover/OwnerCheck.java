package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.malleposte.handover.Presence.Where;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.spool.Brief;
import org.malleposte.spool.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's side of adoption: before a spool that was away goes on with remote targets, it looks
 * in the directory whether someone has claimed its entries, asks all live nodes which of them they
 * have adopted, drops those, and says in the directory that it is alive. That needs a majority, as
 * claims do. New mail is not concerned: it is of a later incarnation than any claim.
 *
 * <p>A spool was away when it was opened, when a node is back that was not seen for half of {@code
 * adoptAfter}, when this process itself has stood still for so long (it was stopped, or its machine
 * was: to it the others were never away), and when a holder refuses a copy because it has claimed
 * the incarnation.
 *
 * <p>Thread-safe; its state belongs to a serial executor.
 */
public final class OwnerCheck implements ResumeGate {
  static final String QUERY = "adoption.query";

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PAGE = 5_000;
  private static final Logger LOG = LoggerFactory.getLogger(OwnerCheck.class);

  /** Whether anything is in doubt. */
  private sealed interface State {
    record Clear() implements State {}

    /** Entries up to an incarnation, since then. */
    record Doubt(long upTo, Instant since) implements State {}
  }

  private final Spool spool;
  private final ClaimBook book;
  private final Cluster cluster;
  private final NodeLink link;
  private final Timers timers;
  private final InstantSource clock;
  private final Duration adoptAfter;
  private final SerialExecutor serial;
  private final Presence presence;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Set<QueueId> released = ConcurrentHashMap.newKeySet();
  private final AtomicReference<State> state;
  private volatile Instant lastAwake;
  private boolean rounding;

  /**
   * @param adoptAfter {@code queue.adopt-after}
   * @param threads for the serial executor
   */
  public OwnerCheck(
      Spool spool,
      Directory directory,
      Cluster cluster,
      NodeLink link,
      Timers timers,
      InstantSource clock,
      Duration adoptAfter,
      Executor threads) {
    this.spool = spool;
    this.book = new ClaimBook(directory);
    this.cluster = cluster;
    this.link = link;
    this.timers = timers;
    this.clock = clock;
    this.adoptAfter = adoptAfter;
    this.serial = new SerialExecutor(threads);
    this.presence = new Presence(cluster.view(), clock.instant());
    this.state = new AtomicReference<>(new State.Doubt(spool.incarnation() - 1, clock.instant()));
    this.lastAwake = clock.instant();
  }

  /** Begins; the gate is closed from the constructor on. */
  public void start() {
    cluster.onChange(
        view ->
            serial.execute(
                () -> {
                  var back = presence.on(view, clock.instant());
                  if (back.values().stream().anyMatch(this::isLong)) {
                    doubt();
                  }
                  round();
                }));
    lastAwake = clock.instant();
    timers.every(RETRY, () -> serial.execute(this::awake));
    serial.execute(this::round);
  }

  private void awake() {
    if (hasStoodStill()) {
      LOG.warn("this process has stood still since {}", lastAwake);
      doubt();
    }
    lastAwake = clock.instant();
    round();
  }

  // Asked by whoever acts on an entry, since the first that runs after a stop may be before us.
  private boolean hasStoodStill() {
    return isLong(Duration.between(lastAwake, clock.instant()));
  }

  private boolean isLong(Duration away) {
    return away.multipliedBy(2).compareTo(adoptAfter) >= 0;
  }

  @Override
  public boolean isOpen(QueueId id, Brief brief) {
    return switch (state.get()) {
      case State.Clear _ -> !hasStoodStill() || released.contains(id);
      case State.Doubt(var upTo, _) -> brief.incarnation() > upTo || released.contains(id);
    };
  }

  @Override
  public boolean isInDoubt(Brief brief) {
    return switch (state.get()) {
      case State.Clear _ -> hasStoodStill();
      case State.Doubt(var upTo, _) -> brief.incarnation() <= upTo;
    };
  }

  @Override
  public void onOpen(Runnable listener) {
    listeners.add(listener);
  }

  /** The postmaster knows that nobody else has it. */
  public void release(QueueId id) {
    released.add(id);
  }

  /** Whether entries wait for the check. */
  public boolean isDoubtful() {
    return state.get() instanceof State.Doubt;
  }

  /**
   * A holder has claimed what we had put up to an incarnation.
   *
   * @return a stamp of a later one, for what we put from now on
   */
  public CompletableFuture<Long> closedUpTo(long upTo) {
    if (spool.incarnation() <= upTo) {
      doubt();
    }
    serial.execute(this::round);
    return laterThan(upTo);
  }

  private CompletableFuture<Long> laterThan(long upTo) {
    return spool.incarnation() > upTo
        ? CompletableFuture.completedFuture(spool.nextStamp())
        : spool.nextIncarnation().thenCompose(_ -> laterThan(upTo));
  }

  // What is in the spool now is in doubt; what comes from now on is not.
  private void doubt() {
    long upTo = spool.incarnation();
    var since = clock.instant();
    state.updateAndGet(
        now ->
            switch (now) {
              case State.Clear _ -> new State.Doubt(upTo, since);
              case State.Doubt(var before, var begun) ->
                  new State.Doubt(Math.max(before, upTo), begun);
            });
    spool
        .nextIncarnation()
        .exceptionally(
            e -> {
              LOG.error("cannot begin another incarnation", Futures.cause(e));
              return 0L;
            });
  }

  private void round() {
    if (rounding || !(state.get() instanceof State.Doubt doubt)) {
      return;
    }
    rounding = true;
    book.look(spool.id())
        .thenComposeAsync(answer -> resolve(doubt, answer), serial)
        .whenCompleteAsync((resolved, failure) -> ended(doubt, resolved, failure), serial);
  }

  private void ended(State.Doubt doubt, Boolean resolved, Throwable failure) {
    rounding = false;
    if (failure != null) {
      LOG.warn("cannot find out what was adopted: {}", Futures.reason(failure));
    } else if (resolved && state.compareAndSet(doubt, new State.Clear())) {
      released.clear();
      listeners.forEach(Runnable::run);
    }
  }

  private CompletableFuture<Boolean> resolve(State.Doubt doubt, ClaimBook.Answer answer) {
    return switch (answer) {
      case ClaimBook.Answer.Changed _, ClaimBook.Answer.Away _ ->
          CompletableFuture.completedFuture(false);
      case ClaimBook.Answer.Current(var page) -> {
        if (page.claims().claims().isEmpty()) {
          yield page.version() == 0 && !hasRemote(doubt)
              ? CompletableFuture.completedFuture(true)
              : sayAlive(page);
        }
        LOG.warn("entries of this spool were claimed: {}", page.claims().claims());
        yield claimsAreMet(doubt, page.claims().claims())
            ? askAll(doubt, Optional.empty(), true)
                .thenCompose(
                    clear -> clear ? settle(doubt, page) : CompletableFuture.completedFuture(false))
            : CompletableFuture.completedFuture(false);
      }
    };
  }

  private boolean hasRemote(State.Doubt doubt) {
    Optional<QueueId> after = Optional.empty();
    while (true) {
      var page = spool.briefs(after, PAGE);
      if (page.isEmpty()) {
        return false;
      }
      if (page.stream()
          .map(Map.Entry::getValue)
          .anyMatch(b -> b.remote() && b.incarnation() <= doubt.upTo())) {
        return true;
      }
      after = Optional.of(page.getLast().getKey());
    }
  }

  private CompletableFuture<Boolean> settle(State.Doubt doubt, ClaimBook.Page page) {
    var claimants =
        page.claims().claims().stream().map(Claims.Claim::spoolId).collect(Collectors.toSet());
    return disownCopies(doubt, claimants, Optional.empty()).thenCompose(_ -> sayAlive(page));
  }

  // Who has adopted an entry has made it of its copy, and the entry may be gone from there: what
  // stays here has no copy with a claimant, and needs another.
  private CompletableFuture<Void> disownCopies(
      State.Doubt doubt, Set<String> claimants, Optional<QueueId> after) {
    var page = spool.briefs(after, PAGE);
    if (page.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    var changes = new ArrayList<CompletableFuture<?>>();
    for (var entry : page) {
      var brief = entry.getValue();
      if (brief.incarnation() <= doubt.upTo()
          && brief.holders().stream().anyMatch(h -> claimants.contains(h.spoolId()))) {
        changes.add(
            spool.update(
                entry.getKey(),
                r ->
                    r.withHolders(
                        r.holders().stream()
                            .filter(h -> !claimants.contains(h.spoolId()))
                            .toList())));
      }
    }
    var last = Optional.of(page.getLast().getKey());
    return CompletableFuture.allOf(changes.toArray(CompletableFuture<?>[]::new))
        .thenCompose(_ -> disownCopies(doubt, claimants, last));
  }

  // A claim that comes after this fails on the version, and its holder sees that we are alive.
  private CompletableFuture<Boolean> sayAlive(ClaimBook.Page page) {
    return book.replace(spool.id(), page, page.claims().asserted(List.of()))
        .thenApply(answer -> answer instanceof ClaimBook.Answer.Current);
  }

  /** Whether each claimant is here to be asked, or is lost: then others have what it had. */
  private boolean claimsAreMet(State.Doubt doubt, List<Claims.Claim> claims) {
    var now = clock.instant();
    return claims.stream()
        .allMatch(
            claim ->
                switch (presence.where(claim.holder(), claim.spoolId(), now)) {
                  case Where.Here _, Where.Replaced _ -> true;
                  // Its copies are claimed after adoptAfter; as long again for that to be done.
                  case Where.Away(var since) ->
                      !now.isBefore(since.plus(adoptAfter.multipliedBy(2)))
                          && !now.isBefore(doubt.since().plus(adoptAfter.multipliedBy(2)));
                });
  }

  private CompletableFuture<Boolean> askAll(
      State.Doubt doubt, Optional<QueueId> after, boolean clearSoFar) {
    var page = spool.briefs(after, PAGE);
    if (page.isEmpty()) {
      return CompletableFuture.completedFuture(clearSoFar);
    }
    var ids =
        page.stream()
            .filter(e -> e.getValue().incarnation() <= doubt.upTo())
            .map(Map.Entry::getKey)
            .toList();
    var last = Optional.of(page.getLast().getKey());
    return ask(doubt, ids).thenCompose(clear -> askAll(doubt, last, clear && clearSoFar));
  }

  /** Whether it is known of each id that somebody has it, or that nobody does. */
  private CompletableFuture<Boolean> ask(State.Doubt doubt, List<QueueId> ids) {
    if (ids.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    var question = CopyWire.encodeIds(spool.id(), ids);
    var answers = new ArrayList<CompletableFuture<AdoptionWire.Answer>>();
    for (var member : cluster.view().others()) {
      answers.add(
          link.request(member.name(), QUERY, question, PATIENCE).thenApply(AdoptionWire::decode));
    }
    return Futures.all(answers)
        .thenCompose(
            all -> {
              var adopted = new HashSet<QueueId>();
              all.forEach(a -> adopted.addAll(a.adopted()));
              var spoke =
                  all.stream().map(AdoptionWire.Answer::spoolId).collect(Collectors.toSet());
              boolean clear = all.stream().allMatch(a -> adopted.containsAll(openIn(a, spoke)));
              if (!adopted.isEmpty()) {
                LOG.warn("{} entries were adopted by others, and are dropped here", adopted.size());
              }
              return spool.drop(adopted, doubt.upTo()).thenApply(_ -> clear);
            });
  }

  /**
   * Ids that someone has, or will have: we cannot go on with them.
   *
   * @param spoke spool ids of all that have answered
   */
  private List<QueueId> openIn(AdoptionWire.Answer answer, Set<String> spoke) {
    var open = new ArrayList<>(answer.pending());
    if (answer.spoolId().compareTo(spool.id()) > 0) {
      open.addAll(answer.doubted());
    }
    for (var held : answer.heldFor()) {
      if (!spoke.contains(held.owner())) {
        open.add(held.id());
      }
    }
    return open;
  }
}
