package org.malleposte.shard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.MailboxStore.Append;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages into shards: small ones in one command, large ones in chunks and a command that
 * names them. Bodies that are not in memory are read on a lane. Thread-safe; never blocks.
 */
final class Appends {
  /** Large bodies on their way at once: each has up to a whole entry in memory. */
  private static final int UPLOADS_AT_ONCE = 4;

  private static final int MAX_WAITING_UPLOADS = 1_000;

  private static final byte[] NO_INDEX = {};

  private static final Logger LOG = LoggerFactory.getLogger(Appends.class);

  private final BlockingLane lane;
  private final Turns uploads;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final StorePolicy policy;

  Appends(
      BlockingLane lane,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      StorePolicy policy) {
    this.policy = policy;
    this.lane = lane;
    this.clock = clock;
    this.random = random;
    uploads = new Turns(timers, UPLOADS_AT_ONCE, MAX_WAITING_UPLOADS);
  }

  CompletableFuture<StoreAnswer<Appended>> append(Shard shard, Append append, Duration timeout) {
    if (!ShardCommand.permits(append.flags())) {
      return done(StoreAnswer.refused(Refusal.NOT_PERMITTED));
    }
    long size = append.body().sizeBytes();
    if (ShardCommand.Body.chunks(size) > ShardCommand.MAX_CHUNKS) {
      return done(StoreAnswer.refused(Refusal.OVER_QUOTA));
    }
    if (size > MessageBody.INLINE_MAX_BYTES) {
      return uploads
          .take(timeout)
          .thenCompose(
              turn ->
                  turn
                      ? upload(shard, append, timeout).whenComplete((_, _) -> uploads.end())
                      : done(StoreAnswer.unavailable("too many large messages at once")));
    }
    return append.body() instanceof MessageBody.InMemory(var bytes)
        ? append(shard, append, new ShardCommand.Body.Inline(bytes), index(bytes), timeout)
        : inline(shard, append, timeout);
  }

  private CompletableFuture<StoreAnswer<Appended>> append(
      Shard shard, Append append, ShardCommand.Body body, byte[] index, Duration timeout) {
    var quota = policy.quotas().of(append.account(), append.mailbox());
    var more = new ShardCommand.Append.More(append.uid().orElse(0), quota, index);
    var command =
        new ShardCommand.Append(
            append.id(),
            append.account(),
            append.mailbox(),
            append.flags(),
            append.internalDate().getEpochSecond(),
            body,
            more);
    return shard
        .write(command, timeout)
        .thenApply(Answers::refusals)
        .thenApply(answer -> answer.map(Appends::appended));
  }

  private byte[] index(byte[] beginning) {
    byte[] index =
        policy
            .index()
            .apply(
                beginning.length <= StorePolicy.INDEXED_BYTES
                    ? beginning
                    : Arrays.copyOf(beginning, StorePolicy.INDEXED_BYTES));
    return index.length <= StorePolicy.MAX_INDEX_BYTES ? index : NO_INDEX;
  }

  private static Appended appended(ShardAnswer answer) {
    var done = Answers.expect(ShardAnswer.Appended.class, answer);
    return new Appended(done.mailboxId(), done.uidValidity(), done.uid(), done.repeated());
  }

  private CompletableFuture<StoreAnswer<Appended>> inline(
      Shard shard, Append append, Duration timeout) {
    return readable(
        Answers.onLane(lane, () -> readAll(append.body()))
            .thenCompose(
                answer ->
                    switch (answer) {
                      case StoreAnswer.Done<byte[]>(var bytes) ->
                          append(
                              shard,
                              append,
                              new ShardCommand.Body.Inline(bytes),
                              index(bytes),
                              timeout);
                      case StoreAnswer.Refused<byte[]>(var why) -> done(StoreAnswer.refused(why));
                      case StoreAnswer.Unavailable<byte[]>(var detail) ->
                          done(StoreAnswer.unavailable(detail));
                    }));
  }

  private static byte[] readAll(MessageBody body) throws IOException {
    try (var in = body.open()) {
      byte[] bytes = in.readNBytes(MessageBody.INLINE_MAX_BYTES + 1);
      if (bytes.length != body.sizeBytes()) {
        throw new IOException("a body of " + body.sizeBytes() + " bytes has another size");
      }
      return bytes;
    }
  }

  private CompletableFuture<StoreAnswer<Appended>> upload(
      Shard shard, Append append, Duration timeout) {
    return readable(
        Answers.onLane(lane, () -> start(shard, append))
            .thenCompose(
                answer ->
                    switch (answer) {
                      case StoreAnswer.Done<Start>(var start) ->
                          upload(shard, append, start, timeout);
                      case StoreAnswer.Refused<Start>(var why) -> done(StoreAnswer.refused(why));
                      case StoreAnswer.Unavailable<Start>(var detail) ->
                          done(StoreAnswer.unavailable(detail));
                    }));
  }

  /** What is known before the first chunk is sent. */
  private sealed interface Start {
    /** The append was done earlier: there is no need to send the body again. */
    record Known(Appended appended) implements Start {}

    /**
     * @param index of its beginning
     */
    record Fresh(InputStream in, byte[] index) implements Start {}
  }

  private Start start(Shard shard, Append append) throws IOException {
    Optional<ShardAnswer> first =
        shard.isOpen()
            ? shard.read(reader -> reader.answered(append.account(), append.id()))
            : Optional.empty();
    if (first.isPresent()
        && first.get() instanceof ShardAnswer.Appended(var mailbox, var validity, var uid, var _)) {
      return new Start.Known(new Appended(mailbox, validity, uid, true));
    }
    byte[] beginning;
    try (var in = append.body().open()) {
      beginning = in.readNBytes(StorePolicy.INDEXED_BYTES);
    }
    return new Start.Fresh(append.body().open(), index(beginning));
  }

  private CompletableFuture<StoreAnswer<Appended>> upload(
      Shard shard, Append append, Start start, Duration timeout) {
    return switch (start) {
      case Start.Known(var appended) -> done(StoreAnswer.done(appended));
      case Start.Fresh(var in, var index) -> {
        // A name of its own for each attempt: chunks of two attempts never mix.
        var upload = QueueId.create(clock.instant(), random);
        long size = append.body().sizeBytes();
        yield new BodyUpload(shard, lane, append.account(), upload, in, size, timeout)
            .run()
            .thenCompose(answer -> uploaded(shard, append, answer, index, timeout))
            .whenComplete((_, _) -> close(in));
      }
    };
  }

  private CompletableFuture<StoreAnswer<Appended>> uploaded(
      Shard shard,
      Append append,
      StoreAnswer<ShardCommand.Body> answer,
      byte[] index,
      Duration timeout) {
    return switch (answer) {
      case StoreAnswer.Done<ShardCommand.Body>(var body) ->
          append(shard, append, body, index, timeout);
      case StoreAnswer.Refused<ShardCommand.Body>(var why) -> done(StoreAnswer.refused(why));
      case StoreAnswer.Unavailable<ShardCommand.Body>(var detail) ->
          done(StoreAnswer.unavailable(detail));
    };
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      LOG.warn("cannot close a body that was read", e);
    }
  }

  /** A body that cannot be read is not stored; that is no bug of the store's caller. */
  private static CompletableFuture<StoreAnswer<Appended>> readable(
      CompletableFuture<StoreAnswer<Appended>> future) {
    return future.exceptionally(
        failure -> {
          var cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          if (cause instanceof IOException
              || cause instanceof UncheckedIOException
              || cause instanceof RejectedExecutionException) {
            return StoreAnswer.unavailable("cannot read the body: " + cause.getMessage());
          }
          throw failure instanceof CompletionException e ? e : new CompletionException(failure);
        });
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
