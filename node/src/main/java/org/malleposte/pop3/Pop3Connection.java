package org.malleposte.pop3;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.SaslLink;
import org.malleposte.line.Frame;
import org.malleposte.line.LineFramer;
import org.malleposte.mail.AccountName;
import org.malleposte.pop3.MaildropLocks.MaildropLock;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsUpgrade;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: bytes to commands, the session's steps performed in order. While a step is
 * under way, or the client does not take its replies, no further command is looked at and the
 * socket is paused, so memory stays bounded whatever the client sends. Everything runs on the
 * socket's context.
 */
final class Pop3Connection {
  /** What all connections of a listener share. */
  record Services(
      Authenticator authenticator,
      MaildropLocks locks,
      MaildropReader reader,
      Pop3Metrics metrics,
      InstantSource clock,
      Optional<ServerTls> tls) {}

  /** What the connection is doing. */
  private enum Activity {
    /** Takes commands. */
    READY,
    /** A step is under way at our side. */
    WORKING,
    /** The client has to take what was written. */
    SENDING,
    UPGRADING,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Pop3Connection.class);

  private final NetSocket socket;
  private final Context context;
  private final Services services;
  private final Optional<TlsUpgrade> upgrade;
  private final Pop3Session session;
  private final String peer;
  private final boolean loopback;
  private final Consumer<Pop3Connection> onClosed;
  private final Deque<Pop3Step> steps = new ArrayDeque<>();
  private LineFramer framer = new LineFramer(Pop3Limits.SASL_OCTETS);
  private ByteBuffer input = ByteBuffer.allocate(0);
  private Buffer output = Buffer.buffer();
  private Activity activity = Activity.READY;
  private Optional<MaildropLock> lock = Optional.empty();
  private Optional<ChunkSource> source = Optional.empty();
  private Runnable whenDrained = () -> {};
  private Pop3Metrics.End end = Pop3Metrics.End.CLIENT;
  private Instant lastHeard;
  private boolean paused;
  private boolean draining;

  /**
   * @param onClosed called once
   */
  Pop3Connection(
      NetSocket socket,
      Context context,
      Services services,
      Optional<TlsUpgrade> upgrade,
      boolean loopback,
      Pop3Session session,
      Consumer<Pop3Connection> onClosed) {
    this.socket = socket;
    this.context = context;
    this.services = services;
    this.upgrade = upgrade;
    this.loopback = loopback;
    this.session = session;
    this.peer = socket.remoteAddress().hostAddress();
    this.onClosed = onClosed;
    this.lastHeard = services.clock().instant();
  }

  void start() {
    socket.setWriteQueueMaxSize(Pop3Limits.WRITE_QUEUE_BYTES);
    socket.handler(this::received);
    socket.closeHandler(_ -> closed());
    socket.drainHandler(_ -> drained());
    socket.exceptionHandler(e -> LOG.debug("{}: {}", peer, e.toString()));
    steps.addAll(session.greet());
    proceed();
  }

  /** Closes it if the client has done nothing for so long. Without a word: RFC 1939 §3. */
  void closeIfIdle(Duration idle) {
    boolean ours = activity == Activity.WORKING;
    if (!ours && !services.clock().instant().isBefore(lastHeard.plus(idle))) {
      close(Pop3Metrics.End.IDLE);
    }
  }

  /** Ends it as soon as no step is under way. */
  void drain() {
    draining = true;
    proceed();
  }

  private void received(Buffer data) {
    lastHeard = services.clock().instant();
    if (activity == Activity.UPGRADING) {
      // RFC 2595 §4: what came in clear behind STLS must not count as said under TLS. Vert.x hands
      // on all of that before it reports the end of the handshake, and nothing from after it.
      return;
    }
    byte[] bytes = data.getBytes();
    if (input.hasRemaining()) {
      var joined = ByteBuffer.allocate(input.remaining() + bytes.length);
      input = joined.put(input).put(bytes).flip();
    } else {
      input = ByteBuffer.wrap(bytes);
    }
    proceed();
  }

  /** Performs steps and looks at commands until there is nothing to do or something to wait for. */
  private void proceed() {
    try {
      while (activity == Activity.READY) {
        if (!steps.isEmpty()) {
          perform(steps.poll());
        } else if (draining) {
          send(Pop3Replies.SHUTTING_DOWN);
          close(Pop3Metrics.End.DRAINED);
        } else if (!nextCommand()) {
          break;
        }
        if (output.length() >= ChunkSource.BYTES) {
          flush();
        }
      }
      flush();
    } catch (RuntimeException e) {
      LOG.error("POP3 session of {} failed", peer, e);
      close(Pop3Metrics.End.BUG);
    }
    pauseOrResume();
  }

  private void pauseOrResume() {
    boolean mustPause = activity == Activity.WORKING || activity == Activity.SENDING;
    if (mustPause && !paused) {
      socket.pause();
      paused = true;
    } else if (paused && activity == Activity.READY) {
      paused = false;
      socket.resume();
    }
  }

  /** Whether there was a whole line. */
  private boolean nextCommand() {
    if (!input.hasRemaining()) {
      return false;
    }
    var command =
        switch (framer.next(input)) {
          case Frame.Partial _ -> Optional.<Pop3Command>empty();
          case Frame.Line(var octets) ->
              Optional.of(
                  session.awaitsSaslResponse()
                      ? Pop3CommandParser.parseSaslResponse(octets)
                      : Pop3CommandParser.parse(octets));
          case Frame.TooLong _ -> Optional.of(malformed(Pop3Command.Mistake.LINE_TOO_LONG));
          case Frame.BareEndOfLine _ ->
              Optional.of(malformed(Pop3Command.Mistake.BARE_END_OF_LINE));
        };
    command.ifPresent(c -> steps.addAll(session.on(c)));
    return command.isPresent();
  }

  private static Pop3Command malformed(Pop3Command.Mistake mistake) {
    return new Pop3Command.Malformed(mistake);
  }

  private void perform(Pop3Step step) {
    switch (step) {
      case Pop3Step.Send(var reply) -> send(reply);
      case Pop3Step.AskLogin(var question) ->
          await(services.authenticator().ask(question, peer), session::onAnswer);
      case Pop3Step.OpenMaildrop(var account) -> open(account);
      case Pop3Step.LoadSizes(var drop) -> await(services.reader().sizes(drop), session::onSizes);
      case Pop3Step.SendSizes(var drop) -> {
        send(Pop3Replies.OK);
        stream(ListingChunks.ofSizes(drop), _ -> List.of());
      }
      case Pop3Step.SendUniqueIds(var drop) -> {
        send(Pop3Replies.OK);
        stream(ListingChunks.ofUniqueIds(drop), _ -> List.of());
      }
      case Pop3Step.Retrieve(var drop, int number, var lines) -> retrieve(drop, number, lines);
      case Pop3Step.Update(var drop) ->
          await(
              services.reader().update(drop),
              complete -> {
                services.metrics().removed(complete ? drop.deletedUids().count() : 0);
                return session.onUpdated(complete);
              });
      case Pop3Step.Unlock() -> await(unlock(), _ -> List.of());
      case Pop3Step.StartTls(var reply) -> startTls(reply);
      case Pop3Step.Close(var why) -> close(why);
    }
  }

  private void open(AccountName account) {
    activity = Activity.WORKING;
    services
        .locks()
        .acquire(account)
        .whenComplete((attempt, failure) -> onContext(() -> acquired(account, attempt, failure)));
  }

  private void acquired(AccountName account, MaildropLocks.Attempt attempt, Throwable failure) {
    if (failure != null) {
      LOG.error("the lock of {} failed", account, failure);
      close(Pop3Metrics.End.BUG);
      return;
    }
    switch (attempt) {
      case MaildropLocks.Attempt.Held(var held) -> {
        lock = Optional.of(held);
        if (activity == Activity.CLOSED) {
          unlock();
          return;
        }
        await(
            services.reader().open(account),
            outcome -> {
              if (!(outcome instanceof OpenOutcome.Opened)) {
                unlock();
              }
              return session.onOpened(outcome);
            });
      }
      case MaildropLocks.Attempt.InUse _ -> {
        services.metrics().inUse();
        resumeWith(session.onOpened(new OpenOutcome.InUse()));
      }
    }
  }

  private CompletableFuture<Void> unlock() {
    var released = lock.map(MaildropLock::release).orElse(CompletableFuture.completedFuture(null));
    lock = Optional.empty();
    return released;
  }

  private void retrieve(Maildrop drop, int number, OptionalLong lines) {
    activity = Activity.WORKING;
    services
        .reader()
        .message(drop, number, lines)
        .whenComplete(
            (opening, failure) -> onContext(() -> opened(number, lines, opening, failure)));
  }

  private void opened(
      int number, OptionalLong lines, MessageChunks.Opening opening, Throwable failure) {
    if (failure != null) {
      LOG.error("a message of {} failed", peer, failure);
      close(Pop3Metrics.End.BUG);
      return;
    }
    switch (opening) {
      case MessageChunks.Opening.Opened(var chunks, long sizeBytes) -> {
        send(lines.isEmpty() ? "+OK " + sizeBytes + " octets" : Pop3Replies.OK);
        boolean whole = lines.isEmpty();
        stream(
            chunks,
            complete -> {
              if (complete && whole) {
                services.metrics().retrieved(sizeBytes);
              }
              return session.onRetrieved(
                  number,
                  complete ? new RetrieveOutcome.Sent(whole) : new RetrieveOutcome.CutOff());
            });
      }
      case MessageChunks.Opening.Gone _ ->
          resumeWith(session.onRetrieved(number, new RetrieveOutcome.Gone()));
      case MessageChunks.Opening.Failed _ ->
          resumeWith(session.onRetrieved(number, new RetrieveOutcome.Failed()));
    }
  }

  /** Writes piece by piece, each when the client has taken enough of those before. */
  private void stream(ChunkSource chunks, Function<Boolean, List<Pop3Step>> then) {
    if (activity == Activity.CLOSED) {
      chunks.close();
      return;
    }
    activity = Activity.WORKING;
    source = Optional.of(chunks);
    nextChunk(chunks, then);
  }

  private void nextChunk(ChunkSource chunks, Function<Boolean, List<Pop3Step>> then) {
    source = Optional.empty(); // not to be closed from outside while it reads
    chunks
        .next()
        .whenComplete((chunk, failure) -> onContext(() -> chunk(chunks, chunk, failure, then)));
  }

  private void chunk(
      ChunkSource chunks,
      ChunkSource.Chunk chunk,
      Throwable failure,
      Function<Boolean, List<Pop3Step>> then) {
    if (activity == Activity.CLOSED || failure != null) {
      chunks.close();
      if (failure != null && activity != Activity.CLOSED) {
        LOG.error("a message to {} was cut off", peer, failure);
        resumeWith(then.apply(false));
      }
      return;
    }
    output.appendBytes(chunk.bytes());
    flush();
    if (chunk.last()) {
      chunks.close();
      resumeWith(then.apply(true));
    } else if (activity == Activity.SENDING) {
      source = Optional.of(chunks);
      whenDrained =
          () -> {
            activity = Activity.WORKING;
            nextChunk(chunks, then);
          };
    } else {
      nextChunk(chunks, then);
    }
  }

  private void startTls(String reply) {
    activity = Activity.UPGRADING;
    input = ByteBuffer.allocate(0);
    framer = new LineFramer(Pop3Limits.SASL_OCTETS);
    // What Vert.x still holds from before must come now, to be dropped: it comes before the task.
    paused = false;
    socket.resume();
    onContext(
        () -> {
          if (activity == Activity.CLOSED) {
            return;
          }
          // The reply goes with the upgrade: the client's first TLS bytes must not be read as text.
          upgrade
              .orElseThrow()
              .begin(socket, Buffer.buffer(reply + "\r\n"))
              .onFailure(_ -> close(Pop3Metrics.End.CLIENT))
              .onSuccess(
                  _ ->
                      resumeWith(session.onTls(SaslLink.encrypted(loopback, socket.sslSession()))));
        });
  }

  private <T> void await(CompletableFuture<T> answer, Function<T, List<Pop3Step>> then) {
    activity = Activity.WORKING;
    answer.whenComplete(
        (value, failure) ->
            onContext(
                () -> {
                  if (activity == Activity.CLOSED) {
                    return;
                  }
                  if (failure != null) {
                    LOG.error("POP3 step for {} failed", peer, failure);
                    close(Pop3Metrics.End.BUG);
                  } else {
                    resumeWith(then.apply(value));
                  }
                }));
  }

  private void onContext(Runnable task) {
    context.runOnContext(
        _ -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("POP3 session of {} failed", peer, e);
            close(Pop3Metrics.End.BUG);
          }
        });
  }

  private void resumeWith(List<Pop3Step> more) {
    if (activity == Activity.CLOSED) {
      return;
    }
    lastHeard = services.clock().instant();
    steps.addAll(more);
    activity = Activity.READY;
    proceed();
  }

  private void send(String reply) {
    output.appendString(reply, StandardCharsets.UTF_8.name()).appendString("\r\n");
  }

  private void flush() {
    if (output.length() == 0 || activity == Activity.CLOSED) {
      return;
    }
    socket.write(output);
    output = Buffer.buffer();
    if (socket.writeQueueFull()) {
      activity = Activity.SENDING;
      whenDrained = () -> resumeWith(List.of());
    }
  }

  /** Vert.x calls this each time the queue empties, whether somebody waits for it or not. */
  private void drained() {
    if (activity == Activity.SENDING) {
      lastHeard = services.clock().instant();
      whenDrained.run();
    }
  }

  private void close(Pop3Metrics.End why) {
    if (activity == Activity.CLOSED) {
      return;
    }
    end = why;
    if (output.length() > 0) {
      socket.write(output);
      output = Buffer.buffer();
    }
    socket.close();
    closed();
  }

  private void closed() {
    if (activity == Activity.CLOSED) {
      return;
    }
    activity = Activity.CLOSED;
    steps.clear();
    source.ifPresent(ChunkSource::close);
    unlock();
    services.metrics().ended(end);
    onClosed.accept(this);
  }
}
