package org.malleposte.imap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.malleposte.imap.ImapMetrics.Ended;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.Futures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the steps of one session, in order. Belongs to the connection's event loop; what blocks
 * runs on the lane, and its answer comes back to the loop.
 */
final class StepRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  /** How often a full lane is asked again, and how long it is left alone between. */
  private static final int LANE_TRIES_MAX = 100;

  private static final Duration LANE_PAUSE = Duration.ofMillis(20);

  /** Output is joined up to this before it is written. */
  private static final int JOIN_BYTES = 16 * 1024;

  private record Slice(byte[] bytes, boolean last) {}

  private final ImapServer server;
  private final ImapSession session;
  private final Wire wire;
  private final Executor loop;
  private final String peer;
  private final Consumer<MailboxChange> changes;
  private final Deque<ImapStep> steps = new ArrayDeque<>();
  private final ByteSink pending = new ByteSink(JOIN_BYTES);
  private Optional<AutoCloseable> watch = Optional.empty();
  private Optional<AccountName> admitted = Optional.empty();
  private Runnable whenDone = () -> {};

  /** What waits for the socket; on a closed one it would wait for ever. */
  private Optional<Output> held = Optional.empty();

  private CompletableFuture<?> writing = CompletableFuture.completedFuture(null);
  private boolean closed;

  /** When the output that is made last brought something. */
  private Instant quietSince = Instant.EPOCH;

  /**
   * @param loop runs a task on the event loop, after those that wait there
   * @param changes called on the event loop
   */
  StepRunner(
      ImapServer server,
      ImapSession session,
      Wire wire,
      Executor loop,
      String peer,
      Consumer<MailboxChange> changes) {
    this.server = server;
    this.session = session;
    this.wire = wire;
    this.loop = loop;
    this.peer = peer;
    this.changes = changes;
  }

  /** One run at a time. {@code done} is called when no step is left, unless the wire is closed. */
  void run(List<ImapStep> first, Runnable done) {
    whenDone = done;
    steps.addAll(first);
    goOn();
  }

  /**
   * The connection is closed: frees what the session held.
   *
   * @return ends, one way or the other, when the write that still runs has its answer
   */
  CompletableFuture<?> abandon() {
    closed = true;
    steps.clear();
    held.ifPresent(this::release);
    held = Optional.empty();
    unwatch();
    admitted.ifPresent(account -> server.gate().leaveAs(account, peer));
    admitted = Optional.empty();
    return writing;
  }

  private void goOn() {
    while (!closed && !steps.isEmpty()) {
      if (perform(steps.poll()) == Progress.LATER) {
        flush();
        return;
      }
    }
    flush();
    if (!closed) {
      whenDone.run();
    }
  }

  private enum Progress {
    DONE,
    /** Goes on when an answer comes. */
    LATER
  }

  private Progress perform(ImapStep step) {
    switch (step) {
      case ImapStep.Send(var bytes) -> send(bytes);
      case ImapStep.Then(var next) -> first(next.get());
      case ImapStep.Count(var what) -> what.accept(server.metrics());
      case ImapStep.Watch(var account, long mailboxId) -> watch(account, mailboxId);
      case ImapStep.Unwatch _ -> unwatch();
      case ImapStep.Admit admit -> first(admit.then().apply(admit(admit.account())));
      case ImapStep.Compress(var reply) -> {
        send(reply.bytes());
        flush();
        wire.compress();
      }
      case ImapStep.Leave _ -> leave();
      case ImapStep.Close _ -> {
        flush();
        steps.clear();
        wire.close();
        return Progress.LATER;
      }
      case ImapStep.StartTls(var reply) -> {
        flush();
        wire.startTls(reply.bytes(), this::encrypted);
        return Progress.LATER;
      }
      case ImapStep.AskLogin ask -> {
        answer(server.authenticator().ask(ask.question(), peer), ask.then());
        return Progress.LATER;
      }
      case ImapStep.Read<?> read -> {
        read(read);
        return Progress.LATER;
      }
      case ImapStep.Write<?> write -> {
        write(write);
        return Progress.LATER;
      }
      case ImapStep.Stream stream -> {
        quietSince = server.clock().instant();
        slice(stream);
        return Progress.LATER;
      }
    }
    return Progress.DONE;
  }

  private void send(byte[] bytes) {
    pending.writeBytes(bytes);
    if (pending.isFull()) {
      flush();
    }
  }

  private void flush() {
    if (pending.size() > 0 && !closed) {
      server.metrics().sent(pending.size());
      wire.write(pending.toByteArray());
    }
    pending.reset();
  }

  /** Before the steps that already wait. */
  private void first(List<ImapStep> more) {
    more.reversed().forEach(steps::addFirst);
  }

  private void encrypted(boolean worked) {
    if (!worked) {
      wire.close();
    } else if (!closed) {
      session.onEncrypted(wire.saslLink());
      goOn();
    }
  }

  private <T> void read(ImapStep.Read<T> read) {
    answer(onLane(() -> read.read().apply(server.store()), 0), read.then());
  }

  private <T> void write(ImapStep.Write<T> write) {
    CompletableFuture<StoreAnswer<T>> answer = write.write().apply(server.store());
    writing = answer;
    answer(answer, write.then());
  }

  private <T> void answer(CompletableFuture<T> future, Function<T, List<ImapStep>> then) {
    future.whenComplete(
        (value, failure) ->
            loop.execute(
                () -> {
                  if (closed) {
                    return;
                  }
                  if (failure != null) {
                    failed(Futures.cause(failure));
                  } else {
                    first(then.apply(value));
                    goOn();
                  }
                }));
  }

  /** A full lane is asked again for a while: clients wait better than they fail. */
  private <T> CompletableFuture<T> onLane(Callable<T> task, int tries) {
    try {
      return server.lane().call(task);
    } catch (RejectedExecutionException e) {
      if (tries >= LANE_TRIES_MAX) {
        return CompletableFuture.failedFuture(e);
      }
      var later = new CompletableFuture<T>();
      wire.after(
          LANE_PAUSE,
          () ->
              onLane(task, tries + 1)
                  .whenComplete(
                      (value, failure) -> {
                        if (failure == null) {
                          later.complete(value);
                        } else {
                          later.completeExceptionally(failure);
                        }
                      }));
      return later;
    }
  }

  private void slice(ImapStep.Stream stream) {
    onLane(() -> fill(stream.output()), 0)
        .whenComplete((slice, failure) -> loop.execute(() -> sliced(stream, slice, failure)));
  }

  private Slice fill(Output output) throws IOException {
    var sink = new ByteSink(ImapLimits.SLICE_BYTES);
    try {
      boolean last = output.fill(server.store(), sink);
      if (last) {
        output.close();
      }
      return new Slice(sink.toByteArray(), last);
    } catch (IOException | RuntimeException | Error e) {
      output.close();
      throw e;
    }
  }

  private void sliced(ImapStep.Stream stream, Slice slice, Throwable failure) {
    if (closed) {
      release(stream.output());
      return;
    }
    if (failure != null) {
      // A response may have been cut in the middle: the client could not make sense of more.
      log(Futures.cause(failure));
      server.metrics().ended(Ended.FAILURE);
      wire.close();
      return;
    }
    send(slice.bytes());
    tellProgress(stream.output(), slice);
    wire.touch();
    if (slice.last()) {
      first(stream.then().get());
      goOn();
      return;
    }
    flush();
    if (wire.isFull()) {
      held = Optional.of(stream.output());
      wire.whenDrained(() -> drained(stream));
    } else {
      nextSlice(stream);
    }
  }

  private void tellProgress(Output output, Slice slice) {
    Instant now = server.clock().instant();
    if (slice.bytes().length > 0) {
      quietSince = now;
    } else if (Duration.between(quietSince, now).compareTo(ImapLimits.PROGRESS_INTERVAL) >= 0) {
      quietSince = now;
      output.progress().ifPresent(progress -> session.progress(progress).forEach(this::perform));
    }
  }

  private void drained(ImapStep.Stream stream) {
    // Without it the close has come first, and has released the output.
    if (held.isPresent()) {
      held = Optional.empty();
      nextSlice(stream);
    }
  }

  private void nextSlice(ImapStep.Stream stream) {
    wire.touch();
    if (closed) {
      release(stream.output());
    } else {
      slice(stream);
    }
  }

  private void release(Output output) {
    try {
      server.lane().run(output::close);
    } catch (RejectedExecutionException e) {
      // Rare, and short: better than a leak of what the store holds open.
      output.close();
    }
  }

  private void failed(Throwable failure) {
    steps.clear();
    log(failure);
    first(session.onFailure(reply(failure)));
    goOn();
  }

  private static ImapReply reply(Throwable failure) {
    return switch (failure) {
      case RejectedExecutionException _ -> ImapReplies.BUSY;
      case UncheckedIOException _, IOException _ -> ImapReplies.READ_FAILED;
      default -> ImapReplies.SERVER_BUG;
    };
  }

  private void log(Throwable failure) {
    switch (failure) {
      case RejectedExecutionException _ -> LOG.warn("too busy for {}", peer);
      case UncheckedIOException _, IOException _ -> LOG.warn("cannot read the store", failure);
      default -> LOG.error("command of {} failed", peer, failure);
    }
  }

  private boolean admit(AccountName account) {
    boolean may = server.gate().enterAs(account, peer);
    if (may) {
      admitted = Optional.of(account);
    } else {
      server.metrics().ended(Ended.TOO_MANY_OF_ACCOUNT);
    }
    return may;
  }

  private void leave() {
    admitted.ifPresent(account -> server.gate().leaveAs(account, peer));
    admitted = Optional.empty();
    wire.startLoginTimer();
  }

  private void watch(AccountName account, long mailboxId) {
    unwatch();
    watch =
        Optional.of(
            server
                .store()
                .watch(
                    account,
                    change -> {
                      if (change.mailboxId() == mailboxId) {
                        loop.execute(() -> changes.accept(change));
                      }
                    }));
  }

  private void unwatch() {
    watch.ifPresent(StepRunner::end);
    watch = Optional.empty();
  }

  private static void end(AutoCloseable watch) {
    try {
      watch.close();
    } catch (Exception e) {
      throw new IllegalStateException("a watch does not end", e);
    }
  }
}
