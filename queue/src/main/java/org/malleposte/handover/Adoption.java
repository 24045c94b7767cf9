package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.AdoptionWire.HeldFor;
import org.malleposte.handover.Claims.Claim;
import org.malleposte.handover.HeldCopies.Owner;
import org.malleposte.handover.Presence.Where;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.spool.DiskSpace.Room;
import org.malleposte.spool.News;
import org.malleposte.spool.Spool;
import org.malleposte.spool.Spool.PutOutcome;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Origin;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The holder's side of adoption: takes over the entries of an owner that has been away for {@code
 * adoptAfter}, or that has come back with another disk.
 *
 * <p>In steps, each durable before the next, so that a crash goes on where it was: the copies are
 * closed up to an incarnation ({@link HeldCopies#closeOwner}); the claim is written in the
 * directory, which needs a majority and fails if the owner has said since that it is alive; each
 * entry is put into this node's spool under its id, synced; then its copy goes. When the owner has
 * settled the claim, by taking it out of the directory, the closing ends.
 *
 * <p>Thread-safe; its state belongs to a serial executor.
 */
public final class Adoption {
  /** Between looks at a directory without a majority, or at a disk without room. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Copies that are adopted at once: each may have a body in memory. */
  private static final int PAGE = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  /** How far this node is with an owner's copies. Not in the map: nothing is to be done. */
  private sealed interface Stage {
    /** Waits for an answer, or for the next try. */
    record Working() implements Stage {}

    /** All are adopted; the claim stands until the owner has settled it. */
    record Settled() implements Stage {}
  }

  private final Spool spool;
  private final HeldCopies held;
  private final Underway underway;
  private final Predicate<QueueId> isOffered;
  private final ClaimBook book;
  private final Directory directory;
  private final Cluster cluster;
  private final NodeName self;
  private final Timers timers;
  private final InstantSource clock;
  private final Executor blocking;
  private final SerialExecutor serial;
  private final MailLog log;
  private final Duration adoptAfter;
  private final Consumer<QueueId> onAdopted;
  private final Presence presence;
  private final Map<String, Stage> stages = new HashMap<>();
  private final Map<String, Long> epochsSeen = new HashMap<>();
  private final Map<String, Instant> aliveAt = new HashMap<>();
  private final Set<String> ordered = new HashSet<>();
  private final LongAdder adopted = new LongAdder();

  /**
   * @param isOffered whether this node is handing an entry over at this moment
   * @param adoptAfter {@code queue.adopt-after}
   * @param onAdopted told of each entry that is in this node's spool now; must not block
   * @param threads for the serial executor
   */
  public Adoption(
      Spool spool,
      HeldCopies held,
      Underway underway,
      Predicate<QueueId> isOffered,
      Directory directory,
      Cluster cluster,
      Timers timers,
      InstantSource clock,
      MailLog log,
      Duration adoptAfter,
      Consumer<QueueId> onAdopted,
      Executor blocking,
      Executor threads) {
    this.spool = spool;
    this.held = held;
    this.underway = underway;
    this.isOffered = isOffered;
    this.directory = directory;
    this.book = new ClaimBook(directory);
    this.cluster = cluster;
    this.self = cluster.view().self();
    this.timers = timers;
    this.clock = clock;
    this.log = log;
    this.adoptAfter = adoptAfter;
    this.onAdopted = onAdopted;
    this.blocking = blocking;
    this.serial = new SerialExecutor(threads);
    this.presence = new Presence(cluster.view(), clock.instant());
  }

  /** Begins, also with claims from before a restart. */
  public void start() {
    cluster.onChange(
        view ->
            serial.execute(
                () -> {
                  presence.on(view, clock.instant());
                  consider();
                }));
    // Views tell of comings and goings; that an owner stays away only the clock tells.
    timers.every(RETRY, () -> serial.execute(this::consider));
    serial.execute(this::consider);
  }

  /** How many entries this process has adopted. */
  public long adopted() {
    return adopted.sum();
  }

  /** The postmaster knows that this node will not come back: its copies are adopted now. */
  public void adoptNow(NodeName owner) {
    serial.execute(
        () -> {
          held.owners().stream()
              .filter(o -> o.node().equals(owner))
              .forEach(o -> ordered.add(o.spoolId()));
          consider();
        });
  }

  /**
   * What it takes to answer an owner that is back.
   *
   * @param machines that keep a mail ({@code queue.copies}): an entry that has no second disk yet
   *     is pending, so that its old owner keeps it until it has
   * @param gate whether this node is in doubt itself
   */
  public record Inquiry(int machines, ResumeGate gate) {}

  /** Offers {@code adoption.query}: an owner that is back asks what became of its entries. */
  public void serve(NodeLink link, Inquiry inquiry) {
    link.serve(
        OwnerCheck.QUERY,
        (_, request) ->
            Futures.call(
                blocking,
                () -> AdoptionWire.encode(whatBecameOf(CopyWire.decodeIds(request), inquiry))));
  }

  private AdoptionWire.Answer whatBecameOf(CopyWire.Ids asked, Inquiry inquiry) {
    var adopted = new ArrayList<QueueId>();
    var pending = new ArrayList<QueueId>();
    var doubted = new ArrayList<QueueId>();
    var heldFor = new ArrayList<HeldFor>();
    for (var id : asked.ids()) {
      // In this order: what is on the move now may be gone the moment after.
      boolean moves = isOnTheMove(id);
      var brief = spool.brief(id);
      if (moves) {
        pending.add(id);
      } else if (brief.isPresent()) {
        boolean alone = inquiry.machines() > 1 && brief.get().holders().isEmpty();
        (inquiry.gate().isInDoubt(brief.get()) ? doubted : alone ? pending : adopted).add(id);
      } else if (spool.knows(id)) {
        adopted.add(id);
      } else if (held.isClosed(asked.spoolId(), id)) {
        pending.add(id);
      } else {
        held.owners().stream()
            .map(Owner::spoolId)
            .filter(owner -> !owner.equals(asked.spoolId()) && held.holds(owner, id))
            .forEach(owner -> heldFor.add(new HeldFor(id, owner)));
      }
    }
    return new AdoptionWire.Answer(spool.id(), adopted, pending, doubted, heldFor);
  }

  private void consider() {
    var owners = new LinkedHashMap<String, Owner>();
    held.owners().forEach(o -> owners.put(o.spoolId(), o));
    held.closedOwners().forEach(o -> owners.putIfAbsent(o.spoolId(), o));
    owners.values().forEach(this::consider);
  }

  private void consider(Owner owner) {
    if (stages.get(owner.spoolId()) instanceof Stage.Working) {
      return;
    }
    boolean closed = held.closed().containsKey(owner.spoolId());
    switch (presence.where(owner.node(), owner.spoolId(), clock.instant())) {
      case Where.Here _ -> {
        ordered.remove(owner.spoolId());
        epochsSeen.remove(owner.spoolId());
        aliveAt.remove(owner.spoolId());
        if (closed) {
          work(owner);
        }
      }
      case Where.Replaced _ -> workIfOpen(owner);
      case Where.Away(var since) -> {
        noteEpoch(owner);
        if (isLong(owner, since)) {
          workIfOpen(owner);
        }
      }
    }
  }

  private boolean isLong(Owner owner, Instant since) {
    var from = aliveAt.getOrDefault(owner.spoolId(), since);
    var awayFrom = from.isAfter(since) ? from : since;
    return ordered.contains(owner.spoolId())
        || !clock.instant().isBefore(awayFrom.plus(adoptAfter));
  }

  // What the owner says of itself in the directory after this shows that it lives, only not for us.
  private void noteEpoch(Owner owner) {
    if (epochsSeen.containsKey(owner.spoolId())) {
      return;
    }
    epochsSeen.put(owner.spoolId(), Long.MAX_VALUE);
    Futures.call(blocking, () -> directory.get(Claims.key(owner.spoolId())))
        .thenAcceptAsync(
            entry ->
                epochsSeen.replace(
                    owner.spoolId(),
                    Long.MAX_VALUE,
                    entry.map(e -> Claims.decode(e.value()).epoch()).orElse(0L)),
            serial)
        .exceptionally(
            e -> {
              LOG.warn("cannot read the claims on {}", owner.node(), Futures.cause(e));
              return null;
            });
  }

  private void workIfOpen(Owner owner) {
    boolean more = !held.list(owner.spoolId(), Long.MAX_VALUE, Optional.empty(), 1).isEmpty();
    if (more || !(stages.get(owner.spoolId()) instanceof Stage.Settled)) {
      if (more || held.closed().containsKey(owner.spoolId())) {
        work(owner);
      }
    }
  }

  // One round: close, look, claim or take back, adopt. What fails is tried again by the clock.
  private void work(Owner owner) {
    stages.put(owner.spoolId(), new Stage.Working());
    round(owner)
        .whenCompleteAsync(
            (stage, failure) -> {
              if (failure != null) {
                LOG.warn("adoption from {}", owner.node(), Futures.cause(failure));
                stages.remove(owner.spoolId());
              } else if (stage.isPresent()) {
                stages.put(owner.spoolId(), stage.get());
              } else {
                stages.remove(owner.spoolId());
              }
            },
            serial);
  }

  private boolean isHere(Owner owner) {
    return presence.where(owner.node(), owner.spoolId(), clock.instant()) instanceof Where.Here;
  }

  private CompletableFuture<Optional<Stage>> round(Owner owner) {
    // An owner that is here gets no new claims; old ones are looked after.
    var closing =
        isHere(owner)
            ? CompletableFuture.completedFuture(held.closed().get(owner.spoolId()))
            : held.closeOwner(owner);
    return closing.thenComposeAsync(
        upTo ->
            book.look(owner.spoolId())
                .thenComposeAsync(answer -> decide(owner, upTo, answer), serial),
        serial);
  }

  private CompletableFuture<Optional<Stage>> decide(
      Owner owner, long upTo, ClaimBook.Answer answer) {
    return switch (answer) {
      case ClaimBook.Answer.Changed _, ClaimBook.Answer.Away _ -> again();
      case ClaimBook.Answer.Current(var page) -> {
        if (page.claims().has(spool.id(), upTo)) {
          yield adoptAll(owner, upTo, Optional.empty(), true);
        }
        if (isHere(owner)) {
          yield takeBack(owner, page);
        }
        if (livesElsewhere(owner, page)) {
          aliveAt.put(owner.spoolId(), clock.instant());
          epochsSeen.put(owner.spoolId(), page.claims().epoch());
          yield takeBack(owner, page);
        }
        yield claim(owner, upTo, page);
      }
    };
  }

  private static CompletableFuture<Optional<Stage>> again() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private boolean livesElsewhere(Owner owner, ClaimBook.Page page) {
    return presence.where(owner.node(), owner.spoolId(), clock.instant()) instanceof Where.Away
        && !ordered.contains(owner.spoolId())
        && page.claims().epoch() > epochsSeen.getOrDefault(owner.spoolId(), Long.MAX_VALUE);
  }

  // A claim of ours whose answer was lost may still be on its way: writing the page once more makes
  // it come too late. What we had claimed before that stays claimed, since it is adopted: only its
  // owner settles it.
  private CompletableFuture<Optional<Stage>> takeBack(Owner owner, ClaimBook.Page page) {
    return book.replace(owner.spoolId(), page, page.claims())
        .thenCompose(
            answer ->
                answer instanceof ClaimBook.Answer.Current
                    ? held.reopen(owner, page.claims().upTo(spool.id()))
                        .thenApply(_ -> Optional.<Stage>empty())
                    : again());
  }

  private CompletableFuture<Optional<Stage>> claim(Owner owner, long upTo, ClaimBook.Page page) {
    var claims = page.claims().with(new Claim(self, spool.id(), upTo));
    return book.replace(owner.spoolId(), page, claims)
        .thenComposeAsync(
            answer -> {
              if (!(answer instanceof ClaimBook.Answer.Current)) {
                return again();
              }
              LOG.warn("{} is gone: its entries that have copies here are adopted", owner.node());
              return adoptAll(owner, upTo, Optional.empty(), true);
            },
            serial);
  }

  // Those that cannot be adopted now are passed over, or one would keep back all behind it.
  private CompletableFuture<Optional<Stage>> adoptAll(
      Owner owner, long upTo, Optional<QueueId> after, boolean allSoFar) {
    var page = held.list(owner.spoolId(), upTo, after, PAGE);
    if (page.isEmpty()) {
      return allSoFar
          ? CompletableFuture.completedFuture(Optional.of(new Stage.Settled()))
          : again();
    }
    var puts = new ArrayList<CompletableFuture<Boolean>>();
    page.forEach(copy -> puts.add(adopt(owner, copy.id())));
    return Futures.all(puts)
        .thenCompose(
            taken -> {
              var moved = new ArrayList<News>();
              for (int i = 0; i < page.size(); i++) {
                if (taken.get(i)) {
                  moved.add(page.get(i));
                }
              }
              return held.drop(owner.spoolId(), moved).thenApply(_ -> moved);
            })
        .thenComposeAsync(
            moved ->
                adoptAll(
                    owner,
                    upTo,
                    Optional.of(page.getLast().id()),
                    allSoFar && moved.size() == page.size()),
            serial);
  }

  private record Loaded(SpoolRecord record, MessageBody body) {}

  /** Whether the entry is in this node's spool, was finished here, or is not there any more. */
  private CompletableFuture<Boolean> adopt(Owner owner, QueueId id) {
    // What is here may be gone the moment after: withdrawn again, or handed over to the very owner
    // that is lost, whose last answer is still on its way.
    if (isOnTheMove(id)) {
      return CompletableFuture.completedFuture(false);
    }
    return Futures.call(
            blocking,
            () ->
                held.read(owner.spoolId(), id)
                    .map(r -> new Loaded(r, held.body(owner.spoolId(), id, r.entry().sizeBytes()))))
        .thenCompose(
            loaded ->
                loaded
                    .map(l -> put(owner, l))
                    .orElseGet(() -> CompletableFuture.completedFuture(true)))
        .exceptionally(
            e -> {
              LOG.error("{} of {} cannot be adopted", id, owner.node(), Futures.cause(e));
              return false;
            });
  }

  private CompletableFuture<Boolean> put(Owner owner, Loaded loaded) {
    var record = adoptedFrom(owner, loaded.record());
    return spool
        .put(record, loaded.body(), Room.TAKEN_OVER)
        .thenApply(
            outcome ->
                switch (outcome) {
                  case PutOutcome.Stored _ -> {
                    adopted.increment();
                    log.on(new MailEvent.Adopted(record.id(), owner.node().value()));
                    onAdopted.accept(record.id());
                    yield true;
                  }
                  case PutOutcome.AlreadyKnown _ -> true;
                  case PutOutcome.Full(var why) -> {
                    LOG.warn("no room to adopt {}: {}", record.id(), why);
                    yield false;
                  }
                });
  }

  private boolean isOnTheMove(QueueId id) {
    return underway.contains(id) || isOffered.test(id);
  }

  private SpoolRecord adoptedFrom(Owner owner, SpoolRecord copy) {
    var entry = copy.entry();
    var now =
        new SpoolEntry(
            entry.id(),
            entry.envelope(),
            entry.deliveries(),
            entry.sizeBytes(),
            entry.attempts(),
            clock.instant(),
            entry.held());
    return new SpoolRecord(
        now,
        List.of(),
        spool.nextStamp(),
        new Origin.Adopted(owner.node(), owner.spoolId()),
        copy.warning());
  }
}
