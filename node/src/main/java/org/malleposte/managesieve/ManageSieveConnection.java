package org.malleposte.managesieve;

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
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.SaslLink;
import org.malleposte.managesieve.ManageSieveFramer.Framed;
import org.malleposte.managesieve.ManageSieveStep.End;
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
final class ManageSieveConnection {
  /** What all connections of a listener share. */
  record Services(
      Authenticator authenticator,
      ScriptManager scripts,
      ManageSieveMetrics metrics,
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

  private static final Logger LOG = LoggerFactory.getLogger(ManageSieveConnection.class);

  private final NetSocket socket;
  private final Context context;
  private final Services services;
  private final Optional<TlsUpgrade> upgrade;
  private final ManageSieveSession session;
  private final String peer;
  private final boolean loopback;
  private final Consumer<ManageSieveConnection> onClosed;
  private final Deque<ManageSieveStep> steps = new ArrayDeque<>();
  private ManageSieveFramer framer = new ManageSieveFramer();
  private ByteBuffer input = ByteBuffer.allocate(0);
  private Buffer output = Buffer.buffer();
  private Activity activity = Activity.READY;
  private Runnable whenDrained = () -> {};
  private End end = End.CLIENT;
  private Instant lastHeard;
  private boolean paused;
  private boolean draining;

  /**
   * @param onClosed called once
   */
  ManageSieveConnection(
      NetSocket socket,
      Context context,
      Services services,
      Optional<TlsUpgrade> upgrade,
      boolean loopback,
      ManageSieveSession session,
      Consumer<ManageSieveConnection> onClosed) {
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
    socket.setWriteQueueMaxSize(ManageSieveLimits.WRITE_QUEUE_BYTES);
    socket.handler(this::received);
    socket.closeHandler(_ -> closed());
    socket.drainHandler(_ -> drained());
    socket.exceptionHandler(e -> LOG.debug("{}: {}", peer, e.toString()));
    steps.addAll(session.greet());
    proceed();
  }

  /** Closes it if the client has done nothing for so long. */
  void closeIfIdle(Duration idle) {
    boolean ours = activity == Activity.WORKING;
    if (!ours && !services.clock().instant().isBefore(lastHeard.plus(idle))) {
      send(ManageSieveReplies.IDLE);
      close(End.IDLE);
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
      // RFC 5804 §2.2: what came in clear behind STARTTLS must not count as said under TLS. Vert.x
      // hands
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
          send(ManageSieveReplies.SHUTTING_DOWN);
          close(End.DRAINED);
        } else if (!nextCommand()) {
          break;
        }
        if (output.length() >= ManageSieveLimits.WRITE_QUEUE_BYTES / 2) {
          flush();
        }
      }
      flush();
    } catch (RuntimeException e) {
      LOG.error("ManageSieve session of {} failed", peer, e);
      close(End.BUG);
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

  /** Whether there was a whole command. */
  private boolean nextCommand() {
    if (!input.hasRemaining()) {
      return false;
    }
    switch (framer.next(input, session.literalMax())) {
      case Framed.Partial _ -> {
        return false;
      }
      case Framed.Command(var bytes) -> steps.addAll(session.on(parsed(bytes)));
      case Framed.Bad(var what) -> steps.addAll(session.on(new ManageSieveCommand.Malformed(what)));
      case Framed.Hopeless(var what) -> steps.addAll(session.onHopeless(what));
    }
    return true;
  }

  private ManageSieveCommand parsed(byte[] bytes) {
    return session.awaitsSaslResponse()
        ? ManageSieveCommandParser.parseSaslResponse(bytes)
        : ManageSieveCommandParser.parse(bytes);
  }

  private void perform(ManageSieveStep step) {
    switch (step) {
      case ManageSieveStep.Send(var reply) -> send(reply);
      case ManageSieveStep.AskLogin(var question) ->
          await(services.authenticator().ask(question, peer), session::onAnswer);
      case ManageSieveStep.Manage(var account, var command) ->
          await(services.scripts().perform(account, command), session::onScripts);
      case ManageSieveStep.StartTls(var reply) -> startTls(reply);
      case ManageSieveStep.Close(var why) -> close(why);
    }
  }

  private void startTls(String reply) {
    activity = Activity.UPGRADING;
    input = ByteBuffer.allocate(0);
    framer = new ManageSieveFramer();
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
              .onFailure(_ -> close(End.CLIENT))
              .onSuccess(
                  _ ->
                      resumeWith(session.onTls(SaslLink.encrypted(loopback, socket.sslSession()))));
        });
  }

  private <T> void await(CompletableFuture<T> answer, Function<T, List<ManageSieveStep>> then) {
    activity = Activity.WORKING;
    answer.whenComplete(
        (value, failure) ->
            onContext(
                () -> {
                  if (activity == Activity.CLOSED) {
                    return;
                  }
                  if (failure != null) {
                    LOG.error("ManageSieve step for {} failed", peer, failure);
                    close(End.BUG);
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
            LOG.error("ManageSieve session of {} failed", peer, e);
            close(End.BUG);
          }
        });
  }

  private void resumeWith(List<ManageSieveStep> more) {
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

  private void close(End why) {
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
    services.metrics().ended(end);
    onClosed.accept(this);
  }
}
