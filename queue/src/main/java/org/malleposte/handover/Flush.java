package org.malleposte.handover;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.handover.FlushWire.Answer;
import org.malleposte.handover.FlushWire.PartAnswer;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.Bodies;
import org.malleposte.spool.Brief;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolCodec;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands this node's entries to nodes that deliver: in batches, a few under way at once, oldest
 * first. Each batch has a time-out; what is not answered stays here and goes again. What is taken
 * is removed in one synced batch, and its copies' holders hear of it.
 *
 * <p>Belongs to the scheduler's serial executor: {@link #pump} is called there, and so is the
 * {@link Source}.
 */
public final class Flush {
  /** Bodies and envelopes of a batch; a larger body is sent ahead in parts. */
  private static final int BATCH_BYTES = 1 << 20;

  private static final Duration BATCH_PATIENCE = Duration.ofSeconds(10);

  /** Of a large body, at once. */
  private static final int PART_BYTES = 1 << 20;

  private static final Duration PART_PATIENCE = Duration.ofSeconds(10);

  /** An entry that cannot be read or brought over is tried again after this; the others go on. */
  private static final Duration TROUBLE = Duration.ofSeconds(20);

  /** A deliverer that said "later" to an entry is asked again after this. */
  private static final Duration LATER = Duration.ofSeconds(1);

  private static final Duration FALLBACK_RETRY = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Flush.class);

  /** Where entries come from, and where their fate goes. */
  public interface Source {
    /**
     * Takes the oldest waiting entries out of the line, at most so many and of so many bytes; at
     * least one if any waits. Each comes back by one of the other methods.
     */
    List<Map.Entry<QueueId, Brief>> take(int entries, long bytes);

    /** These are in the deliverer's hands, and removed here. */
    void handedOver(List<QueueId> ids);

    /** They go back into the line. */
    void putBack(List<QueueId> ids, Duration delay, String why);

    /** The store refuses it for good. */
    void refused(QueueId id, EnhancedStatus status, String text);

    /** How some of its targets went, by the fallback. */
    void outcomes(QueueId id, Map<Target, DeliveryOutcome> outcomes);
  }

  private final Spool spool;
  private final NodeLink link;
  private final Timers timers;
  private final InstantSource clock;
  private final MailLog log;
  private final Executor serial;
  private final Executor blocking;
  private final Executor virtual;
  private final FlushFallback fallback;
  private final Source source;
  // Read by the receiver's threads, too.
  private final Set<QueueId> offered = ConcurrentHashMap.newKeySet();
  private final Map<Peer, FlushLine> lines = new HashMap<>();
  private Runnable wake = () -> {};
  private Optional<Instant> alarm = Optional.empty();

  /**
   * @param serial the scheduler's, to which this belongs
   * @param blocking a bounded lane for reads
   * @param virtual virtual threads, for the fallback
   */
  public Flush(
      Spool spool,
      NodeLink link,
      Timers timers,
      InstantSource clock,
      MailLog log,
      Executor serial,
      Executor blocking,
      Executor virtual,
      FlushFallback fallback,
      Source source) {
    this.spool = spool;
    this.link = link;
    this.timers = timers;
    this.clock = clock;
    this.log = log;
    this.serial = serial;
    this.blocking = blocking;
    this.virtual = virtual;
    this.fallback = fallback;
    this.source = source;
  }

  /** Called when a pause is over, to pump again. */
  public void onWake(Runnable pumpAgain) {
    wake = pumpAgain;
  }

  /**
   * Whether it is on its way to another node, so that it may be gone from here when that node's
   * answer comes. Thread-safe.
   */
  public boolean isOffered(QueueId id) {
    return offered.contains(id);
  }

  /** Forgets pauses: the postmaster wants it now. */
  public void hurry() {
    lines.values().removeIf(line -> line.underWay() == 0);
  }

  /** Sends as much as the windows allow to those who deliver now. */
  public void pump(ClusterView view) {
    var deliverers = view.deliverers().stream().filter(m -> !m.name().equals(view.self())).toList();
    lines.keySet().retainAll(deliverers.stream().map(Peer::of).toList());
    while (true) {
      var now = clock.instant();
      var next = choose(deliverers, now);
      if (next.isEmpty() || !send(next.get(), now)) {
        armAlarm(deliverers, now);
        return;
      }
    }
  }

  /** A process, not a name: what failed with the one that died says nothing of its successor. */
  private record Peer(NodeName name, Instant since) {
    static Peer of(Member member) {
      return new Peer(member.name(), member.since());
    }
  }

  private FlushLine line(Member member) {
    return lines.computeIfAbsent(Peer.of(member), _ -> new FlushLine());
  }

  private Optional<Member> choose(List<Member> deliverers, Instant now) {
    return deliverers.stream()
        .filter(m -> line(m).way(now) != FlushLine.Way.NONE)
        .min(
            Comparator.<Member>comparingInt(m -> line(m).way(now).ordinal())
                .thenComparing(Member::role)
                .thenComparingInt(m -> line(m).underWay()));
  }

  private void armAlarm(List<Member> deliverers, Instant now) {
    var next = deliverers.stream().map(m -> line(m).nextChange()).min(Comparator.naturalOrder());
    if (next.isEmpty()
        || next.get().equals(Instant.MAX)
        || !next.get().isAfter(now)
        || alarm.filter(at -> at.isAfter(now) && !at.isAfter(next.get())).isPresent()) {
      return;
    }
    alarm = next;
    timers.after(Duration.between(now, next.get()), () -> serial.execute(wake));
  }

  private boolean send(Member to, Instant now) {
    return switch (line(to).way(now)) {
      case BUS -> sendBatch(to);
      case FALLBACK -> sendAround(to);
      case NONE -> false;
    };
  }

  private boolean sendBatch(Member to) {
    var line = line(to);
    var taken = source.take(line.batchEntries(), BATCH_BYTES);
    if (taken.isEmpty()) {
      return false;
    }
    line.batchBegins();
    var ids = taken.stream().map(Map.Entry::getKey).toList();
    offered.addAll(ids);
    Futures.call(blocking, () -> load(taken))
        .thenCompose(loaded -> transfer(to.name(), loaded))
        .whenComplete((done, failure) -> serial.execute(() -> ended(line, to, ids, done, failure)));
    return true;
  }

  private record Outgoing(SpoolRecord record, FlushWire.Item item) {
    int bytes() {
      return item.record().length + item.body().map(b -> b.length).orElse(0);
    }
  }

  /**
   * What was taken, looked at.
   *
   * @param left of no more room in the batch
   * @param broken cannot be read
   */
  private record Loaded(List<Outgoing> batch, List<QueueId> left, List<QueueId> broken) {}

  private Loaded load(List<Map.Entry<QueueId, Brief>> taken) {
    var loaded = new Loaded(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int bytes = 0;
    for (var entry : taken) {
      var id = entry.getKey();
      // A body that goes in parts goes alone: what befalls it befalls no other.
      boolean large = !Bodies.isInline(entry.getValue().sizeBytes());
      if (bytes > BATCH_BYTES || large && bytes > 0) {
        loaded.left().add(id);
        continue;
      }
      try {
        var outgoing = read(id); // empty: the postmaster has deleted it meanwhile
        outgoing.ifPresent(loaded.batch()::add);
        bytes += outgoing.map(Outgoing::bytes).orElse(0) + (large ? BATCH_BYTES : 0);
      } catch (IOException | RuntimeException e) {
        if (spool.contains(id)) { // else it was deleted under the read
          LOG.error("{} cannot be read, and stays", id, e);
          loaded.broken().add(id);
        }
      }
    }
    return loaded;
  }

  private Optional<Outgoing> read(QueueId id) throws IOException {
    var record = spool.read(id);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> body =
        Bodies.isInline(record.get().entry().sizeBytes())
            ? Optional.of(spool.body(id).readAll())
            : Optional.empty();
    return Optional.of(
        new Outgoing(record.get(), new FlushWire.Item(SpoolCodec.encode(record.get()), body)));
  }

  private record Transfer(Loaded loaded, List<Answer> answers) {
    List<Outgoing> batch() {
      return loaded.batch();
    }
  }

  private CompletableFuture<Transfer> transfer(NodeName to, Loaded loaded) {
    var batch = loaded.batch();
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(new Transfer(loaded, List.of()));
    }
    var items = batch.stream().map(Outgoing::item).toList();
    return uploadIfLarge(to, batch.getFirst())
        .thenCompose(
            uploaded ->
                uploaded
                    ? link.request(to, FlushReceiver.BATCH, FlushWire.encode(items), BATCH_PATIENCE)
                        .thenApply(answer -> answered(loaded, FlushWire.decodeAnswers(answer)))
                    : CompletableFuture.completedFuture(
                        answered(loaded, List.of(new Answer.Later("its body does not go over")))))
        .thenCompose(
            transfer -> spool.release(takenOf(transfer), List.of()).thenApply(_ -> transfer));
  }

  private static Transfer answered(Loaded loaded, List<Answer> answers) {
    if (answers.size() != loaded.batch().size()) {
      throw new LinkException(answers.size() + " answers to " + loaded.batch().size() + " entries");
    }
    return new Transfer(loaded, answers);
  }

  private static List<QueueId> takenOf(Transfer transfer) {
    var taken = new ArrayList<QueueId>();
    for (int i = 0; i < transfer.batch().size(); i++) {
      if (transfer.answers().get(i) instanceof Answer.Taken) {
        taken.add(transfer.batch().get(i).record().id());
      }
    }
    return taken;
  }

  // Whether the batch can go now. A link that fails is for the line, anything else for this mail.
  private CompletableFuture<Boolean> uploadIfLarge(NodeName to, Outgoing outgoing) {
    if (outgoing.item().body().isPresent()) {
      return CompletableFuture.completedFuture(true);
    }
    var id = outgoing.record().id();
    return upload(to, outgoing.record())
        .handle(
            (_, failure) -> {
              if (failure == null) {
                return true;
              }
              if (Futures.cause(failure) instanceof LinkException link) {
                throw link;
              }
              LOG.warn("{}: its body does not go to {}", id, to, Futures.cause(failure));
              return false;
            });
  }

  private CompletableFuture<Void> upload(NodeName to, SpoolRecord record) {
    return Futures.call(blocking, () -> spool.body(record.id()).open())
        .thenCompose(in -> parts(to, record, in, 0).whenComplete((_, _) -> closeQuietly(in)));
  }

  private CompletableFuture<Void> parts(
      NodeName to, SpoolRecord record, InputStream in, long offset) {
    long total = record.entry().sizeBytes();
    if (offset >= total) {
      return CompletableFuture.completedFuture(null);
    }
    return Futures.call(blocking, () -> in.readNBytes(PART_BYTES))
        .thenCompose(bytes -> sendPart(to, new FlushWire.Part(record.id(), offset, total, bytes)))
        .thenCompose(sent -> parts(to, record, in, offset + sent));
  }

  private CompletableFuture<Integer> sendPart(NodeName to, FlushWire.Part part) {
    if (part.bytes().length == 0) {
      throw new CompletionException(new IOException(part.id() + ": body ends early"));
    }
    return link.request(to, FlushReceiver.CHUNK, FlushWire.encode(part), PART_PATIENCE)
        .thenApply(FlushWire::decodePartAnswer)
        .thenApply(
            answer -> {
              if (answer != PartAnswer.WRITTEN) {
                throw new CompletionException(
                    new IOException(to + " answered to a part: " + answer));
              }
              return part.bytes().length;
            });
  }

  private void ended(
      FlushLine line, Member to, List<QueueId> ids, Transfer transfer, Throwable failure) {
    ids.forEach(offered::remove);
    if (failure != null) {
      LOG.info("flush to {}: {}", to.name(), Futures.reason(failure));
      line.batchFailed(clock.instant());
      source.putBack(ids, Duration.ZERO, Futures.reason(failure));
      return;
    }
    settle(line, to, ids, transfer);
  }

  private void settle(FlushLine line, Member to, List<QueueId> ids, Transfer transfer) {
    var gone = new LinkedHashSet<>(ids);
    transfer.loaded().left().forEach(gone::remove);
    transfer.loaded().broken().forEach(gone::remove);
    var taken = takenOf(transfer);
    var later = new ArrayList<QueueId>();
    var why = "";
    for (int i = 0; i < transfer.batch().size(); i++) {
      var id = transfer.batch().get(i).record().id();
      gone.remove(id);
      switch (transfer.answers().get(i)) {
        case Answer.Taken _ ->
            log.on(
                new MailEvent.Flushed(
                    id, to.name().value(), Duration.between(id.time(), clock.instant())));
        case Answer.Refused(var status, var text) -> source.refused(id, status, text);
        case Answer.Later(var reason) -> {
          later.add(id);
          why = reason;
        }
      }
    }
    if (!transfer.batch().isEmpty() && later.size() == transfer.batch().size()) {
      line.batchPutOff(clock.instant());
    } else {
      line.batchThrough();
    }
    gone.addAll(taken);
    source.handedOver(List.copyOf(gone));
    if (!later.isEmpty()) {
      LOG.info("flush to {}: {} put off: {}", to.name(), later.size(), why);
    }
    boolean large = transfer.batch().size() == 1 && isLarge(transfer.batch().getFirst());
    source.putBack(later, large ? TROUBLE : LATER, why);
    source.putBack(transfer.loaded().left(), Duration.ZERO, "");
    source.putBack(transfer.loaded().broken(), TROUBLE, "cannot be read");
  }

  private static boolean isLarge(Outgoing outgoing) {
    return outgoing.item().body().isEmpty();
  }

  private record Around(SpoolRecord record, MessageBody body) {}

  private Map<Target, DeliveryOutcome> hand(Member to, Optional<Around> around) {
    return around
        .map(a -> fallback.hand(to, a.record().entry(), a.record().entry().pending(), a.body()))
        .orElse(Map.of());
  }

  private boolean sendAround(Member to) {
    var taken = source.take(1, BATCH_BYTES);
    if (taken.isEmpty()) {
      return false;
    }
    var line = line(to);
    var id = taken.getFirst().getKey();
    line.fallbackBegins();
    offered.add(id);
    Futures.call(blocking, () -> spool.read(id).map(r -> new Around(r, spool.body(id))))
        .thenCompose(around -> Futures.call(virtual, () -> hand(to, around)))
        .whenComplete(
            (outcomes, failure) -> serial.execute(() -> ended(line, id, outcomes, failure)));
    return true;
  }

  private void ended(
      FlushLine line, QueueId id, Map<Target, DeliveryOutcome> outcomes, Throwable failure) {
    line.fallbackEnds();
    offered.remove(id);
    if (failure != null) {
      source.putBack(List.of(id), LATER, Futures.reason(failure));
    } else if (outcomes.isEmpty()) {
      source.handedOver(List.of(id));
    } else if (outcomes.values().stream().allMatch(DeliveryOutcome.Deferred.class::isInstance)) {
      source.putBack(List.of(id), FALLBACK_RETRY, "fallback: " + outcomes.values());
    } else {
      source.outcomes(id, outcomes);
    }
  }

  private static void closeQuietly(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      LOG.warn("cannot close a body", e);
    }
  }
}
