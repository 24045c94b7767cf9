package org.malleposte.shard;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.malleposte.format.FormatException;
import org.malleposte.link.LinkException;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.raft.ReplicatedGroup;
import org.malleposte.raft.ReplicatedGroup.Committed;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.ShardCommand.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands into a group's log: gathers all that waits into one entry, since an entry costs
 * the same whether it carries one command or a thousand. A few entries are on their way at once;
 * what comes meanwhile waits for the next.
 *
 * <p>An entry whose answer is lost is proposed again, byte for byte, until the last of its writes
 * has run out of time. The state recognises the repeat by session and sequence, so each command is
 * applied once. A write that has run out of time is answered {@code Unavailable} and may still
 * happen.
 *
 * <p>Thread-safe; never blocks. Futures end on a thread of the group, of the timers or of a caller:
 * what hangs on them must not block either.
 */
public final class ShardCommitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardCommitter.class);

  /** How long one proposal may take before it is repeated. */
  private static final Duration ATTEMPT = Duration.ofSeconds(3);

  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  /** Bytes that the answers to one entry may have, well below what a link carries. */
  private static final long MAX_ANSWER_BYTES = 2 << 20;

  private static final long SMALL_ANSWER_BYTES = 64;

  /**
   * How much may be on its way.
   *
   * @param entriesInFlight proposed and not answered, 1 to half of {@link Entry#WINDOW}
   * @param commandsPerEntry 1 to {@link Entry#MAX_COMMANDS}
   * @param waitingCommands not yet proposed; a further one is answered {@code Unavailable} at once
   * @param waitingBytes of them, bodies included; likewise
   */
  public record Limits(
      int entriesInFlight, int commandsPerEntry, int waitingCommands, long waitingBytes) {
    public static final Limits DEFAULT = new Limits(2, Entry.MAX_COMMANDS, 10_000, 32L << 20);

    public Limits {
      if (entriesInFlight < 1
          || entriesInFlight > Entry.WINDOW / 2
          || commandsPerEntry < 1
          || commandsPerEntry > Entry.MAX_COMMANDS
          || waitingCommands < 1
          || waitingBytes < ReplicatedGroup.MAX_ENTRY_BYTES) {
        throw new IllegalArgumentException("limits of a committer out of range");
      }
    }
  }

  /** When a write is done. */
  enum Until {
    /** A majority has it. */
    COMMITTED,
    /** It is also applied on this node, so that a read here sees it. */
    APPLIED_HERE
  }

  /** What has passed through, since the start. */
  public record Load(
      int waitingCommands, long waitingBytes, long entries, long commands, long repeats) {}

  /** A command that somebody waits for. */
  private static final class Write {
    final EntryCodec.Frame frame;
    final long answerBytes;
    final Until until;
    final Duration timeout;
    final CompletableFuture<StoreAnswer<ShardAnswer>> future = new CompletableFuture<>();

    Write(ShardCommand command, Until until, Duration timeout) {
      frame = EntryCodec.frame(command);
      answerBytes = answerBytes(command);
      this.until = until;
      this.timeout = timeout;
    }
  }

  /** An entry that was proposed at least once. */
  private record Flight(long sequence, byte[] bytes, List<Write> writes, Duration attempt) {
    boolean isAwaited() {
      return writes.stream().anyMatch(write -> !write.future.isDone());
    }
  }

  private enum Life {
    OPEN,
    CLOSED
  }

  private final ReplicatedGroup group;
  private final Timers timers;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Limits limits;
  private final byte[] session = new byte[Entry.SESSION_BYTES];
  private final AtomicInteger pumps = new AtomicInteger();

  private final Object lock = new Object();
  private final Set<Write> waiting = new LinkedHashSet<>();
  private final TreeMap<Long, Flight> inFlight = new TreeMap<>();
  private long waitingBytes;
  private long nextSequence;
  private long commands;
  private long repeats;
  private Life life = Life.OPEN;

  /**
   * @param random names this committer: must not repeat itself after a restart; thread-safe
   */
  public ShardCommitter(
      ReplicatedGroup group,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      Limits limits) {
    this.group = group;
    this.timers = timers;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
    random.nextBytes(session);
  }

  /**
   * @param timeout after which the answer is {@code Unavailable}
   */
  CompletableFuture<StoreAnswer<ShardAnswer>> submit(
      ShardCommand command, Until until, Duration timeout) {
    var write = new Write(command, until, timeout);
    synchronized (lock) {
      if (life == Life.CLOSED) {
        return done(StoreAnswer.unavailable("the store is closing"));
      }
      if (waiting.size() >= limits.waitingCommands()
          || waitingBytes + write.frame.sizeBytes() > limits.waitingBytes()) {
        return done(StoreAnswer.unavailable("too much waits for the shard"));
      }
      waiting.add(write);
      waitingBytes += write.frame.sizeBytes();
    }
    var timer = timers.after(timeout, () -> expire(write));
    write.future.whenComplete((_, _) -> timer.cancel());
    pump();
    return write.future;
  }

  public Load load() {
    synchronized (lock) {
      return new Load(waiting.size(), waitingBytes, nextSequence, commands, repeats);
    }
  }

  /** Answers all that wait with {@code Unavailable}; what was proposed may still happen. */
  @Override
  public void close() {
    var left = new ArrayList<Write>();
    synchronized (lock) {
      life = Life.CLOSED;
      left.addAll(waiting);
      inFlight.values().forEach(flight -> left.addAll(flight.writes()));
      waiting.clear();
      waitingBytes = 0;
    }
    left.forEach(write -> write.future.complete(StoreAnswer.unavailable("the store is closing")));
  }

  private void expire(Write write) {
    synchronized (lock) {
      if (waiting.remove(write)) {
        waitingBytes -= write.frame.sizeBytes();
      }
    }
    write.future.complete(
        StoreAnswer.unavailable("no majority within " + write.timeout.toMillis() + " ms"));
  }

  /** Proposes what may be proposed. One thread at a time does it, for all that call meanwhile. */
  private void pump() {
    if (pumps.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    do {
      for (var flight = next(); flight != null; flight = next()) {
        propose(flight, 0);
      }
      seen = pumps.addAndGet(-seen);
    } while (seen > 0);
  }

  private Flight next() {
    synchronized (lock) {
      boolean full = inFlight.size() >= limits.entriesInFlight();
      // The state tells a repeat only while its slot has not been taken by a later entry.
      boolean blocked = !inFlight.isEmpty() && nextSequence - inFlight.firstKey() >= Entry.WINDOW;
      if (waiting.isEmpty() || full || blocked) {
        return null;
      }
      var writes = gather();
      long sequence = nextSequence++;
      commands += writes.size();
      var frames = writes.stream().map(write -> write.frame).toList();
      byte[] bytes = EntryCodec.entry(session, sequence, clock.millis(), frames);
      var flight = new Flight(sequence, bytes, writes, attemptOf(writes));
      inFlight.put(sequence, flight);
      return flight;
    }
  }

  private List<Write> gather() {
    var writes = new ArrayList<Write>();
    long bytes = 0;
    long answerBytes = 0;
    for (var each = waiting.iterator(); each.hasNext(); ) {
      var write = each.next();
      bytes += write.frame.sizeBytes();
      answerBytes += write.answerBytes;
      boolean fits =
          writes.size() < limits.commandsPerEntry()
              && EntryCodec.entryBytes(bytes) <= ReplicatedGroup.MAX_ENTRY_BYTES
              && answerBytes <= MAX_ANSWER_BYTES;
      if (!fits) {
        break;
      }
      writes.add(write);
      each.remove();
      waitingBytes -= write.frame.sizeBytes();
    }
    return writes;
  }

  private static Duration attemptOf(List<Write> writes) {
    var longest =
        writes.stream().map(write -> write.timeout).max(Duration::compareTo).orElse(ATTEMPT);
    return longest.compareTo(ATTEMPT) < 0 ? longest : ATTEMPT;
  }

  private void propose(Flight flight, int failures) {
    attempt(flight)
        .whenComplete(
            (committed, failure) -> {
              if (failure == null && committed.answer().length > 0) {
                answered(flight, committed);
              } else {
                lost(flight, failures, failure);
              }
            });
  }

  private CompletableFuture<Committed> attempt(Flight flight) {
    try {
      return group.propose(flight.bytes(), flight.attempt());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void lost(Flight flight, int failures, Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause != null && !(cause instanceof LinkException)) {
      LOG.warn("proposal failed", cause);
    }
    if (!flight.isAwaited()) {
      landed(flight);
      return;
    }
    timers.after(pause(failures), () -> again(flight, failures + 1));
  }

  private void again(Flight flight, int failures) {
    if (!flight.isAwaited()) {
      landed(flight);
      return;
    }
    synchronized (lock) {
      repeats++;
    }
    propose(flight, failures);
  }

  /** Between half of it and all of it, so that nodes that lost one leader do not come together. */
  private Duration pause(int failures) {
    long longest = Math.min(FIRST_PAUSE_MILLIS << Math.min(failures, 10), LONGEST_PAUSE_MILLIS);
    return Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1));
  }

  private void landed(Flight flight) {
    synchronized (lock) {
      inFlight.remove(flight.sequence());
    }
    pump();
  }

  private void answered(Flight flight, Committed committed) {
    landed(flight);
    ShardAnswer.OfEntry answer;
    try {
      answer = AnswerCodec.decodeEntry(committed.answer());
    } catch (FormatException e) {
      fail(flight, e);
      return;
    }
    switch (answer) {
      case ShardAnswer.OfEntry.Answers(var answers) when answers.size() == flight.writes().size() ->
          complete(flight, committed.index(), answers);
      case ShardAnswer.OfEntry.Answers(var answers) ->
          fail(flight, new IllegalStateException("got " + answers.size() + " answers"));
      case ShardAnswer.OfEntry.Malformed(var why) ->
          fail(flight, new IllegalStateException("the state could not read an entry: " + why));
      case ShardAnswer.OfEntry.Outdated() ->
          fail(flight, new IllegalStateException("an entry was proposed after its window"));
    }
  }

  private static void fail(Flight flight, Exception bug) {
    flight.writes().forEach(write -> write.future.completeExceptionally(bug));
  }

  private void complete(Flight flight, long index, List<ShardAnswer> answers) {
    var here = new ArrayList<Runnable>();
    for (int i = 0; i < answers.size(); i++) {
      var write = flight.writes().get(i);
      var answer = answers.get(i);
      switch (write.until) {
        case COMMITTED -> write.future.complete(StoreAnswer.done(answer));
        case APPLIED_HERE -> here.add(() -> write.future.complete(StoreAnswer.done(answer)));
      }
    }
    if (!here.isEmpty()) {
      group
          .applied(index)
          .whenComplete(
              (_, failure) -> {
                // Without this node's replica the write is done but not yet readable here: the
                // timer answers Unavailable, and a repeat is recognised.
                if (failure == null) {
                  here.forEach(Runnable::run);
                }
              });
    }
  }

  private static long answerBytes(ShardCommand command) {
    return switch (command) {
      case ShardCommand.StoreFlags flags -> answerBytes(flags.uids().count());
      case ShardCommand.Expunge expunge -> answerBytes(expunge.uids().count());
      case ShardCommand.Transfer transfer -> answerBytes(transfer.uids().count());
      case ShardCommand.Create _ -> 3L * 512 + SMALL_ANSWER_BYTES;
      case ShardCommand.Append _,
          ShardCommand.BodyChunk _,
          ShardCommand.Delete _,
          ShardCommand.Renumber _,
          ShardCommand.Undelete _,
          ShardCommand.SetProperty _,
          ShardCommand.Rename _,
          ShardCommand.Subscribe _,
          ShardCommand.ClaimRecent _,
          ShardCommand.DirectoryPut _,
          ShardCommand.DirectoryDelete _ ->
          SMALL_ANSWER_BYTES;
    };
  }

  private static long answerBytes(long uids) {
    long all = ShardAnswer.MAX_BYTES + ShardAnswer.MAX_MESSAGE_BYTES;
    return SMALL_ANSWER_BYTES + Math.min(uids * ShardAnswer.MAX_MESSAGE_BYTES, all);
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
