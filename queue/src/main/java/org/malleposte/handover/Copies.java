package org.malleposte.handover;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CopyWire.Answer;
import org.malleposte.handover.CopyWire.Item;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.Bodies;
import org.malleposte.spool.Holder;
import org.malleposte.spool.SpoolCodec;
import org.malleposte.spool.SpoolRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's side of copies: brings a mail to one other node (or to more, as configured) and waits
 * until it is synced there.
 *
 * <p><b>A node that is alive by the view but does not answer</b> is not taken for dead: its word
 * may be missing because it hangs, and then the view drops it within ten seconds; but also because
 * the wire between us is broken, and then both of us may go on for days, and one disk would be all
 * that stands behind a 250. So a mail waits, asking again, until some node holds it or the view
 * shows that nobody else is there; after {@link #PATIENCE} it is not safe, and the sender keeps it.
 *
 * <p>Thread-safe; never blocks.
 */
public final class Copies {
  /** Longer than the view needs to drop a hung node, shorter than a client waits for a 250. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Between two rounds through all nodes. */
  private static final Duration ROUND_PAUSE = Duration.ofMillis(250);

  /** Of a large body, at once; whole chunks. */
  private static final int PART_BYTES = 4 * Bodies.CHUNK_BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(Copies.class);

  /** How it ended. {@code tried} are all that may have a copy, whatever they said. */
  sealed interface CopyOutcome {
    List<Holder> tried();

    /** Synced on as many as are wanted, or as are alive, when fewer; at least on one. */
    record Held(List<Holder> holders, List<Holder> tried) implements CopyOutcome {}

    /** No other node is alive. */
    record Alone(List<Holder> tried) implements CopyOutcome {}

    /** Those that answer have no room. */
    record NoRoom(String why, List<Holder> tried) implements CopyOutcome {}

    /** Others are alive by the view, and none has said that it holds it. */
    record Silent(String detail, List<Holder> tried) implements CopyOutcome {}
  }

  private final Cluster cluster;
  private final NodeLink link;
  private final Timers timers;
  private final InstantSource clock;
  private final Executor blocking;
  private final String spoolId;
  private final int others;
  private final LongFunction<CompletableFuture<Long>> onClosed;
  private final HolderChoice choice = new HolderChoice();
  private final Map<NodeName, CopySender> senders = new ConcurrentHashMap<>();
  private volatile Optional<Instant> aloneSince = Optional.empty();

  /**
   * @param spoolId of this node
   * @param machines that keep a mail, this one included ({@code queue.copies})
   * @param onClosed told that a holder has claimed up to an incarnation; answers with a newer stamp
   */
  public Copies(
      Cluster cluster,
      NodeLink link,
      Timers timers,
      InstantSource clock,
      Executor blocking,
      String spoolId,
      int machines,
      LongFunction<CompletableFuture<Long>> onClosed) {
    this.cluster = cluster;
    this.link = link;
    this.timers = timers;
    this.clock = clock;
    this.blocking = blocking;
    this.spoolId = spoolId;
    this.others = machines - 1;
    this.onClosed = onClosed;
  }

  /** Whom a new mail will be brought to, if they answer. */
  List<Holder> plan() {
    return choice.rank(cluster.view(), clock.instant()).stream()
        .limit(others)
        .map(Copies::holder)
        .toList();
  }

  /**
   * @param body stays the caller's, open until the future ends
   * @return never fails
   */
  CompletableFuture<CopyOutcome> put(SpoolRecord record, MessageBody body) {
    return put(record, body, List.of());
  }

  /**
   * @param already hold it
   */
  CompletableFuture<CopyOutcome> put(
      SpoolRecord record, MessageBody body, Collection<Holder> already) {
    var attempt = new Attempt(record, body, already);
    attempt.advance();
    return attempt.outcome;
  }

  /** Since when mail has been accepted on this node alone, if the last one was. */
  public Optional<Instant> aloneSince() {
    return aloneSince;
  }

  private static Holder holder(Member member) {
    return new Holder(member.name(), member.spoolId());
  }

  private void tell(CopyOutcome outcome) {
    switch (outcome) {
      case CopyOutcome.Alone _ -> {
        if (aloneSince.isEmpty()) {
          aloneSince = Optional.of(clock.instant());
          LOG.warn("no other node is alive: mail is kept on this node alone");
        }
      }
      case CopyOutcome.Held _ -> {
        if (aloneSince.isPresent()) {
          aloneSince = Optional.empty();
          LOG.info("mail is kept on another node again");
        }
      }
      case CopyOutcome.NoRoom(var why, _) -> LOG.warn("no room for copies: {}", why);
      case CopyOutcome.Silent(var detail, _) -> LOG.warn("no copy could be made: {}", detail);
    }
  }

  /** One mail on its way to its holders. Guarded by itself. */
  private final class Attempt {
    private final MessageBody body;
    private final Instant deadline = clock.instant().plus(PATIENCE);
    private final CompletableFuture<CopyOutcome> outcome = new CompletableFuture<>();
    private final Set<Holder> held = new LinkedHashSet<>();
    private final Set<Holder> tried = new LinkedHashSet<>();
    private final Set<Holder> asking = new HashSet<>();
    private final Set<Holder> round = new HashSet<>();
    private SpoolRecord record;
    private String lastTrouble = "";
    private final Set<Holder> full = new HashSet<>();

    Attempt(SpoolRecord record, MessageBody body, Collection<Holder> already) {
      this.record = record;
      this.body = body;
      held.addAll(already);
    }

    void advance() {
      var ask = next();
      for (var holder : ask) {
        choice.chosen(holder.node(), clock.instant());
        bring(holder).whenComplete((answer, failure) -> answered(holder, answer, failure));
      }
    }

    private synchronized List<Holder> next() {
      if (outcome.isDone()) {
        return List.of();
      }
      var alive =
          choice.rank(cluster.view(), clock.instant()).stream().map(Copies::holder).toList();
      if (held.size() >= others || (!held.isEmpty() && held.containsAll(alive))) {
        return end(new CopyOutcome.Held(List.copyOf(held), List.copyOf(tried)));
      }
      if (alive.isEmpty() && asking.isEmpty()) {
        return end(new CopyOutcome.Alone(List.copyOf(tried)));
      }
      var ask =
          alive.stream()
              .filter(h -> !held.contains(h) && !asking.contains(h) && !round.contains(h))
              .limit(Math.max(0, others - held.size() - asking.size()))
              .toList();
      asking.addAll(ask);
      tried.addAll(ask);
      round.addAll(ask);
      if (asking.isEmpty()) {
        endRound();
      }
      return ask;
    }

    private void endRound() {
      boolean allFull = full.containsAll(round);
      if (clock.instant().isBefore(deadline) && !allFull) {
        timers.after(ROUND_PAUSE, this::nextRound);
      } else if (!held.isEmpty()) {
        // More were wanted and are alive, but one beside us is what the promise says.
        end(new CopyOutcome.Held(List.copyOf(held), List.copyOf(tried)));
      } else if (allFull) {
        end(new CopyOutcome.NoRoom(lastTrouble, List.copyOf(tried)));
      } else {
        end(new CopyOutcome.Silent(lastTrouble, List.copyOf(tried)));
      }
    }

    private void nextRound() {
      synchronized (this) {
        round.clear();
        full.clear();
      }
      advance();
    }

    private List<Holder> end(CopyOutcome how) {
      tell(how);
      outcome.complete(how);
      return List.of();
    }

    private void answered(Holder holder, Answer answer, Throwable failure) {
      if (failure == null) {
        choice.answered(holder.node());
      } else if (Futures.cause(failure) instanceof LinkException) {
        choice.silent(holder.node(), clock.instant());
      }
      if (answer instanceof Answer.Closed(var upTo)) {
        onClosed.apply(upTo).whenComplete((stamp, _) -> renewed(holder, stamp));
        return;
      }
      synchronized (this) {
        asking.remove(holder);
        if (failure != null) {
          lastTrouble = holder.node() + ": " + Futures.reason(failure);
        } else {
          note(holder, answer);
        }
      }
      advance();
    }

    private void note(Holder holder, Answer answer) {
      switch (answer) {
        case Answer.Held _ -> held.add(holder);
        case Answer.NoRoom(var why) -> {
          full.add(holder);
          lastTrouble = holder.node() + ": " + why;
        }
        case Answer.Incomplete _ -> lastTrouble = holder.node() + " lacks parts";
        case Answer.Finished _ -> lastTrouble = holder.node() + " says it is done";
        case Answer.Broken(var why) -> lastTrouble = holder.node() + ": " + why;
        case Answer.Closed _ -> throw new IllegalStateException("is answered before");
      }
    }

    // What we put under the old incarnation would be taken for a part of what was claimed.
    private void renewed(Holder holder, Long stamp) {
      synchronized (this) {
        asking.remove(holder);
        if (stamp == null) {
          lastTrouble = holder.node() + " has claimed this spool";
        } else {
          record = record.withStamp(stamp);
          round.remove(holder);
        }
      }
      advance();
    }

    private CompletableFuture<Answer> bring(Holder holder) {
      SpoolRecord sent;
      synchronized (this) {
        sent = record;
      }
      var sender =
          senders.computeIfAbsent(
              holder.node(), node -> new CopySender(link, node, spoolId, timers));
      byte[] encoded = SpoolCodec.encode(sent);
      if (body instanceof MessageBody.InMemory(var bytes) && Bodies.isInline(bytes.length)) {
        return sender.send(new Item.Hold(encoded, Optional.of(bytes)));
      }
      if (Bodies.isInline(body.sizeBytes())) {
        return Futures.call(blocking, body::readAll)
            .thenCompose(bytes -> sender.send(new Item.Hold(encoded, Optional.of(bytes))));
      }
      return Futures.call(blocking, body::open)
          .thenCompose(
              in ->
                  parts(sender, in, 0)
                      .thenCompose(
                          answer ->
                              answer instanceof Answer.Held
                                  ? sender.send(new Item.Hold(encoded, Optional.empty()))
                                  : CompletableFuture.completedFuture(answer))
                      .whenComplete((_, _) -> closeQuietly(in)));
    }

    private CompletableFuture<Answer> parts(CopySender sender, InputStream in, int first) {
      return Futures.call(blocking, () -> in.readNBytes(PART_BYTES))
          .thenCompose(
              bytes ->
                  bytes.length == 0
                      ? CompletableFuture.completedFuture((Answer) new Answer.Held())
                      : sender
                          .send(new Item.Part(record.id(), first, bytes))
                          .thenCompose(
                              answer ->
                                  answer instanceof Answer.Held
                                      ? parts(sender, in, first + Bodies.chunkCount(bytes.length))
                                      : CompletableFuture.completedFuture(answer)));
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
