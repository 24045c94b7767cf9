package org.malleposte.imap;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import org.malleposte.auth.SaslLink;
import org.malleposte.imap.CommandFramer.Frame;
import org.malleposte.imap.ImapMetrics.Ended;
import org.malleposte.imap.ImapState.NotAuthenticated;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.tls.TlsUpgrade;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: brings its bytes to the session, one command after the other, and has the
 * steps performed. All on the connection's event loop.
 */
final class ImapConnection implements Wire {
  private static final Logger LOG = LoggerFactory.getLogger(ImapConnection.class);
  private static final FramedCommand NOTHING = new FramedCommand(List.of());

  /** How long a client that talks too much is listened to after our BYE. */
  private static final long LINGER_MILLIS = 1_000;

  private static final long NO_TIMER = -1;

  /** What the connection is busy with. */
  private enum Work {
    /** Takes the next frame. */
    FREE,
    /** Something runs; input waits. */
    BUSY,
    CLOSED
  }

  private final ImapServer server;
  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final Optional<TlsUpgrade> tls;
  private final boolean loopback;
  private final Link link;
  private final CommandFramer framer = new CommandFramer();
  private final ImapSession session;
  private final StepRunner runner;
  private Work work = Work.FREE;

  /** What the runner performs; its uploads are ours until the runner is done with them. */
  private FramedCommand current = NOTHING;

  private Runnable whenClosed = () -> {};
  private Optional<Compression> compression = Optional.empty();
  private Optional<UploadWriter> upload = Optional.empty();
  private Instant lastActivity;
  private boolean leaving;
  private boolean paused;
  private boolean changesWait;
  private boolean pumpWaits;
  private boolean pumping;
  private long loginTimer = NO_TIMER;
  private long noticeTimer;

  ImapConnection(
      ImapServer server, Vertx vertx, Context context, NetSocket socket, Optional<TlsUpgrade> tls) {
    this.server = server;
    this.vertx = vertx;
    this.context = context;
    this.socket = socket;
    this.tls = tls;
    String peer = socket.remoteAddress().hostAddress();
    loopback = isLoopback(peer);
    link = new Link(saslLink(), tls.isPresent(), peer);
    session =
        new ImapSession(server.settings(), server.sasl(), link, server.clock(), server.random());
    runner =
        new StepRunner(
            server,
            session,
            this,
            task -> context.runOnContext(v -> task.run()),
            peer,
            this::changed);
    lastActivity = server.clock().instant();
  }

  /** Whether there may be one more session; if not, the client has been told. */
  boolean admit() {
    if (!server.gate().enter()) {
      server.metrics().ended(Ended.TOO_MANY);
      refuse("Too many connections");
      return false;
    }
    if (!server.gate().enterFrom(link.peerAddress())) {
      server.gate().leave();
      server.metrics().ended(Ended.TOO_MANY_FROM_ADDRESS);
      refuse("Too many connections from your address");
      return false;
    }
    return true;
  }

  void refuse(String why) {
    socket.write("* BYE [UNAVAILABLE] " + why + "\r\n").onComplete(done -> socket.close());
  }

  void open(Runnable closed) {
    whenClosed = closed;
    server.metrics().opened();
    socket.setWriteQueueMaxSize(ImapLimits.WRITE_QUEUE_BYTES);
    socket.exceptionHandler(failure -> socket.close());
    socket.closeHandler(end -> closed());
    socket.handler(this::received);
    startLoginTimer();
    noticeTimer = vertx.setPeriodic(millis(server.settings().idleNotice()), id -> tick());
    perform(session.greeting(), NOTHING);
  }

  /** Ends the session with BYE, after its command. */
  void leave() {
    leaving = true;
    if (work == Work.FREE) {
      bye("Server is shutting down");
    }
  }

  private void received(Buffer bytes) {
    if (work == Work.CLOSED) {
      return;
    }
    lastActivity = server.clock().instant();
    if (compression.isPresent()) {
      compression.get().add(bytes.getBytes());
    } else {
      framer.feed(bytes.getBytes());
    }
    if (!paused
        && (framer.waitingBytes() > ImapLimits.READ_AHEAD_BYTES
            || work == Work.BUSY && compression.isPresent())) {
      paused = true;
      socket.pause();
    }
    if (!pumpWaits) {
      // Behind the changes that wait for this loop already: a client that knows of a delivery, or
      // of what another session did, finds it in the answer to its next command.
      pumpWaits = true;
      context.runOnContext(
          v -> {
            pumpWaits = false;
            pump();
          });
    }
  }

  /** Takes frames until one keeps it busy or there are no more bytes. */
  private void pump() {
    if (pumping) {
      return; // a command that ended at once: the loop below goes on, instead of one in it
    }
    pumping = true;
    try {
      takeFrames();
    } finally {
      pumping = false;
    }
    if (work == Work.FREE) {
      resume();
    }
  }

  private void takeFrames() {
    while (work == Work.FREE) {
      framer.limitLines(session.lineMaxBytes());
      Frame frame =
          switch (session.awaiting()) {
            case ImapSession.Awaiting.Command _ -> framer.next();
            case ImapSession.Awaiting.EndOfIdle _, ImapSession.Awaiting.Credentials _ ->
                framer.nextLine(ImapLimits.CONTINUATION_MAX_BYTES);
          };
      if (!(frame instanceof Frame.More)) {
        take(frame);
      } else if (!inflate()) {
        break;
      }
    }
  }

  /** Whether there is more to look at. */
  private boolean inflate() {
    if (compression.isEmpty() || !compression.get().hasMore()) {
      return false;
    }
    try {
      framer.feed(compression.get().inflate());
      return true;
    } catch (DataFormatException e) {
      server.metrics().ended(Ended.FAILURE);
      socket.close();
      return false;
    }
  }

  private void take(Frame frame) {
    switch (frame) {
      case Frame.More _ -> {}
      case Frame.LiteralAhead ahead -> literal(ahead);
      case Frame.UploadBytes(var bytes) -> uploaded(bytes);
      case Frame.UploadEnd _ -> uploadEnd();
      case Frame.Whole(var command) -> command(command);
      case Frame.TooLong(var command) -> tooLong("Line is too long", command);
    }
  }

  private void command(FramedCommand command) {
    switch (session.awaiting()) {
      case ImapSession.Awaiting.Command _ ->
          perform(session.on(ImapCommandParser.parse(command)), command);
      case ImapSession.Awaiting.EndOfIdle _, ImapSession.Awaiting.Credentials _ -> {
        String line = new String(command.firstText(), StandardCharsets.ISO_8859_1);
        perform(session.onLine(line), command);
      }
    }
  }

  private void literal(Frame.LiteralAhead ahead) {
    LiteralPlan plan = session.onLiteral(ahead.soFar(), ahead.sizeBytes(), framer.collectedBytes());
    switch (plan) {
      case LiteralPlan.Collect _ -> {
        framer.collect();
        goAhead(ahead);
      }
      case LiteralPlan.Receive _ -> {
        framer.upload();
        upload =
            Optional.of(
                new UploadWriter(
                    server.uploads(),
                    server.lane(),
                    ahead.soFar().uploadedBytesInMemory(),
                    ahead.binary()));
        goAhead(ahead);
      }
      case LiteralPlan.Refuse(var tag, var reply) -> {
        if (ahead.synchronizing()) {
          framer.forget();
          perform(List.of(Send.line(reply.line(tag))), ahead.soFar());
        } else if (ahead.sizeBytes() <= ImapLimits.DROPPED_MAX_BYTES) {
          framer.drop(reply);
        } else {
          tooLong(reply.text(), ahead.soFar());
        }
      }
      case LiteralPlan.HangUp(var why) -> tooLong(why, ahead.soFar());
    }
  }

  private void tooLong(String why, FramedCommand command) {
    server.metrics().ended(Ended.TOO_LONG);
    perform(session.bye(why), command);
  }

  private void goAhead(Frame.LiteralAhead ahead) {
    if (ahead.synchronizing()) {
      write("+ OK\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void uploaded(byte[] bytes) {
    var writing = upload.orElseThrow().write(bytes);
    if (writing.isDone() && !writing.isCompletedExceptionally()) {
      return;
    }
    work = Work.BUSY;
    writing.whenComplete(
        (done, failure) ->
            context.runOnContext(
                v -> {
                  if (failure == null) {
                    goOn();
                  } else {
                    failed(failure);
                  }
                }));
  }

  private void uploadEnd() {
    work = Work.BUSY;
    UploadWriter writer = upload.orElseThrow();
    writer
        .finish()
        .whenComplete(
            (finished, failure) ->
                context.runOnContext(
                    v -> {
                      if (failure != null) {
                        failed(failure);
                      } else if (work == Work.CLOSED) {
                        writer.abort();
                      } else {
                        upload = Optional.empty();
                        taken(finished);
                        goOn();
                      }
                    }));
  }

  private void taken(LiteralConversion.Outcome outcome) {
    switch (outcome) {
      case LiteralConversion.Outcome.Taken(var finished) -> {
        server.metrics().uploaded();
        framer.uploaded(finished);
      }
      case LiteralConversion.Outcome.Refused(var reply) -> framer.refused(reply);
    }
  }

  private void perform(List<ImapStep> steps, FramedCommand command) {
    work = Work.BUSY;
    current = command;
    long began = System.nanoTime();
    runner.run(
        steps,
        () -> {
          command.release();
          current = NOTHING;
          server.metrics().performed(Duration.ofNanos(System.nanoTime() - began));
          goOn();
        });
  }

  /** Nothing runs: takes the next command, or tells what has happened. */
  private void goOn() {
    if (work == Work.CLOSED) {
      return;
    }
    if (socket.writeQueueFull() && !leaving) {
      // A client that asks, or idles, and does not read: nothing more is made for it until it does.
      work = Work.BUSY;
      whenDrained(this::goOn);
      return;
    }
    work = Work.FREE;
    if (leaving) {
      bye("Server is shutting down");
    } else if (!tellChanges()) {
      pump();
    }
  }

  private void changed(MailboxChange change) {
    session.onChange(change);
    if (!changesWait) {
      // After all that has been told by now: a hundred deliveries are one EXISTS.
      changesWait = true;
      context.runOnContext(
          v -> {
            changesWait = false;
            if (work == Work.FREE) {
              tellChanges();
            }
          });
    }
  }

  /** Whether there was something to tell. */
  private boolean tellChanges() {
    List<ImapStep> steps = session.whenIdle();
    if (steps.isEmpty()) {
      return false;
    }
    perform(steps, NOTHING);
    return true;
  }

  private void bye(String why) {
    perform(session.bye(why), NOTHING);
  }

  private void failed(Throwable failure) {
    if (work != Work.CLOSED) {
      LOG.warn("cannot take a message from {}", link.peerAddress(), failure);
      server.metrics().ended(Ended.FAILURE);
      bye("[UNAVAILABLE] Cannot take the message");
    }
  }

  private void loginTimeout() {
    if (session.state() instanceof NotAuthenticated && work != Work.CLOSED) {
      server.metrics().ended(Ended.TIMEOUT);
      end("Login takes too long");
    }
  }

  private void tick() {
    if (work == Work.CLOSED) {
      return;
    }
    Duration quiet = Duration.between(lastActivity, server.clock().instant());
    if (quiet.compareTo(server.settings().autologout()) >= 0) {
      server.metrics().ended(Ended.TIMEOUT);
      end("Autologout");
    } else if (work == Work.FREE && !socket.writeQueueFull()) {
      List<ImapStep> steps = session.stillHere();
      if (!steps.isEmpty()) {
        perform(steps, NOTHING);
      }
    }
  }

  /** With BYE if nothing else is being sent. */
  private void end(String why) {
    if (work == Work.FREE) {
      bye(why);
    } else {
      socket.close();
    }
  }

  private void closed() {
    work = Work.CLOSED;
    vertx.cancelTimer(loginTimer);
    vertx.cancelTimer(noticeTimer);
    FramedCommand unfinished = framer.unfinished();
    // The store may still read the message of an APPEND (MailboxStore.Append).
    runner
        .abandon()
        .whenComplete(
            (done, failure) -> {
              current.release();
              unfinished.release();
            });
    upload.ifPresent(UploadWriter::abort);
    compression.ifPresent(Compression::close);
    compression = Optional.empty();
    server.gate().leaveFrom(link.peerAddress());
    server.gate().leave();
    server.metrics().closed();
    whenClosed.run();
  }

  @Override
  public void write(byte[] bytes) {
    byte[] written = compression.map(layer -> layer.deflate(bytes)).orElse(bytes);
    socket.write(Buffer.buffer(written));
  }

  @Override
  public boolean isFull() {
    return socket.writeQueueFull();
  }

  @Override
  public void whenDrained(Runnable then) {
    socket.drainHandler(
        v -> {
          socket.drainHandler(null);
          then.run();
        });
  }

  @Override
  public void startTls(byte[] reply, Consumer<Boolean> then) {
    framer.dropWaiting();
    resume();
    tls.orElseThrow()
        .begin(socket, Buffer.buffer(reply))
        .onComplete(done -> then.accept(done.succeeded()));
  }

  @Override
  public void compress() {
    var layer = new Compression();
    // A client that did not wait for our answer has compressed these already.
    layer.add(framer.takeWaiting());
    compression = Optional.of(layer);
  }

  @Override
  public SaslLink saslLink() {
    return socket.isSsl()
        ? SaslLink.encrypted(loopback, socket.sslSession())
        : SaslLink.clear(loopback);
  }

  @Override
  public void close() {
    work = Work.BUSY;
    resume();
    // What still comes is read and dropped, or the reset would take our last words with it.
    socket.handler(bytes -> {});
    socket.write(Buffer.buffer()).onComplete(done -> lingered());
  }

  private void lingered() {
    if (framer.waitingBytes() == 0) {
      socket.close();
    } else {
      vertx.setTimer(LINGER_MILLIS, id -> socket.close());
    }
  }

  @Override
  public void after(Duration delay, Runnable then) {
    vertx.setTimer(millis(delay), id -> then.run());
  }

  @Override
  public void startLoginTimer() {
    vertx.cancelTimer(loginTimer);
    loginTimer = vertx.setTimer(millis(server.settings().loginTimeout()), id -> loginTimeout());
  }

  @Override
  public void touch() {
    lastActivity = server.clock().instant();
  }

  private void resume() {
    if (paused) {
      paused = false;
      socket.resume();
    }
  }

  private static long millis(Duration duration) {
    return Math.max(1, duration.toMillis());
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("0:0:0:0:0:0:0:1") || address.equals("::1");
  }
}
