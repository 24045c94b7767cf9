package org.malleposte.smtp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSession;
import org.malleposte.auth.SaslLink;
import org.malleposte.config.Listener;
import org.malleposte.line.Frame;
import org.malleposte.line.LineFramer;
import org.malleposte.smtp.SmtpClient.TlsInfo;
import org.malleposte.smtp.SmtpCommand.Fault;
import org.malleposte.smtp.SmtpMetrics.Cut;
import org.malleposte.smtp.SmtpMetrics.Tls;
import org.malleposte.smtp.SmtpSession.Wants;
import org.malleposte.tls.TlsUpgrade;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: feeds a {@link SmtpSession} and performs its steps. Lives on one Vert.x context,
 * never blocks it.
 *
 * <p>Reads the socket only while what was read before is used up, so a client that sends ahead
 * costs one read of memory.
 */
final class SmtpConnection {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpConnection.class);

  /** Replies are gathered up to this before they are written. */
  private static final int WRITE_BYTES = 8 << 10;

  /** After a last reply, for a client that is still sending: a close would cost it the reply. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final NetSocket socket;
  private final InetAddress peer;
  private final ChannelHandlerContext channel;
  private final Context context;
  private final SmtpServer server;
  private final Optional<TlsUpgrade> tls;
  private final SmtpAsks asks;
  private final SmtpSession session;
  private final LineFramer framer = new LineFramer(SmtpCommandParser.AUTH_MAX_OCTETS);
  private final Progress progress;
  private final BodyIntake intake;
  private final ArrayDeque<SmtpStep> steps = new ArrayDeque<>(4);
  private final ArrayDeque<ByteBuffer> input = new ArrayDeque<>(2);
  private Buffer replies = Buffer.buffer(0);
  private boolean paused;
  private boolean pumping;
  private boolean reading = true;
  private boolean draining;
  private boolean closed;

  SmtpConnection(
      NetSocket socket,
      InetAddress peer,
      Listener listener,
      SmtpSettings.Dialect dialect,
      SmtpServer server,
      Optional<TlsUpgrade> tls,
      Context context) {
    this.socket = socket;
    this.peer = peer;
    this.server = server;
    this.tls = tls;
    this.context = context;
    // Vert.x's own pause keeps reading some twenty buffers ahead; the channel's switch does not.
    channel = ((NetSocketInternal) socket).channelHandlerContext();
    var services = server.services();
    asks =
        new SmtpAsks(services, server.metrics(), server.settings().limits().times().greetPause());
    progress = new Progress(server.settings().limits().times(), server.monotonicMillis());
    intake = new BodyIntake(server, progress, this::onContext, this::pump);
    Optional<TlsInfo> tlsInfo = socket.isSsl() ? Optional.of(tlsInfo()) : Optional.empty();
    boolean startTls =
        listener.tls() == Listener.Tls.STARTTLS
            && tls.isPresent()
            && !listener.has(Listener.Modifier.NO_STARTTLS);
    session =
        new SmtpSession(
            server.settings(),
            new SmtpSession.Offer(startTls, listener, dialect),
            new SmtpClient(
                peer.getHostAddress(),
                peer.isLoopbackAddress(),
                Optional.empty(),
                tlsInfo,
                Optional.empty()),
            services.clock(),
            services.random());
    tlsInfo.ifPresent(_ -> server.metrics().count(Tls.STARTED));
  }

  /**
   * @param onClosed once, when the socket is gone
   */
  void start(Runnable onClosed) {
    socket.handler(this::onBytes);
    socket.exceptionHandler(error -> LOG.debug("{}: {}", name(), error.toString()));
    socket.drainHandler(_ -> pump());
    socket.shutdownHandler(
        _ -> {
          draining = true;
          pump();
        });
    socket.closeHandler(
        _ -> {
          closed = true;
          intake.drop();
          onClosed.run();
        });
    steps.addAll(session.start());
    pump();
  }

  /** Ends the connection when it has been idle, or slow, for too long. */
  void sweep(long nowMillis) {
    Wants wants = session.wants();
    if (closed) {
      return;
    }
    if (wants == Wants.NOTHING || socket.writeQueueFull()) {
      if (progress.isDeaf(nowMillis)) {
        server.metrics().count(Cut.DEAF);
        // Not the socket's own close: that waits until all is written.
        channel.close();
      }
      return;
    }
    switch (wants) {
      case COMMAND, SASL_LINE -> {
        if (progress.isIdle(nowMillis)) {
          cut(Cut.TIMED_OUT, new SmtpEvent.TimedOut());
        } else if (framer.isInLine() && progress.isLineTooSlow(nowMillis)) {
          cut(Cut.TOO_SLOW, new SmtpEvent.TooSlow());
        }
      }
      case BODY, REFUSED_CHUNK -> {
        if (progress.isBodyTooSlow(nowMillis, reading)) {
          cut(Cut.TOO_SLOW, new SmtpEvent.TooSlow());
        }
      }
      // Whoever owes the answer has a time-out of its own.
      case ANSWER, NOTHING -> {}
    }
  }

  private void cut(Cut why, SmtpEvent event) {
    server.metrics().count(why);
    answer(event);
  }

  private void onBytes(Buffer bytes) {
    progress.onBytes(server.monotonicMillis(), bytes.length());
    if (session.wants() != Wants.NOTHING) {
      var buffer = ((BufferInternal) bytes).getByteBuf();
      input.add(buffer.hasArray() ? buffer.nioBuffer() : ByteBuffer.wrap(bytes.getBytes()));
    }
    pump();
  }

  private void answer(SmtpEvent event) {
    if (closed) {
      return;
    }
    try {
      steps.addAll(session.on(event));
    } catch (RuntimeException e) {
      // Thrown on from here it would be lost in the future that brought the answer.
      onBug(e);
    }
    pump();
  }

  /** Does all that can be done now. Called again from within, it leaves it to the outer one. */
  private void pump() {
    if (pumping || closed) {
      return;
    }
    pumping = true;
    try {
      while (!closed && advance()) {
        if (replies.length() >= WRITE_BYTES) {
          flush();
        }
      }
    } catch (RuntimeException e) {
      onBug(e);
    } finally {
      pumping = false;
    }
    flush();
    steerReading();
  }

  private boolean advance() {
    if (paused) {
      return false;
    }
    SmtpStep step = steps.poll();
    if (step != null) {
      perform(step);
      return true;
    }
    Wants wants = session.wants();
    if (draining && (wants == Wants.COMMAND || wants == Wants.SASL_LINE)) {
      server.metrics().count(Cut.DRAINED);
      steps.addAll(session.on(new SmtpEvent.Draining()));
      return true;
    }
    ByteBuffer bytes = input.peek();
    if (bytes != null && !bytes.hasRemaining()) {
      input.remove();
      return true;
    }
    return switch (wants) {
      case COMMAND, SASL_LINE -> bytes != null && !socket.writeQueueFull() && line(bytes, wants);
      case BODY -> {
        var octets = Optional.ofNullable(bytes);
        yield intake.isReadyFor(octets) && tell(intake.take(octets));
      }
      case REFUSED_CHUNK -> {
        var octets = Optional.ofNullable(bytes);
        yield intake.isPassing(octets) && tell(intake.pass(octets));
      }
      case ANSWER -> false;
      case NOTHING -> {
        input.clear();
        yield false;
      }
    };
  }

  private boolean line(ByteBuffer bytes, Wants wants) {
    Frame frame = framer.next(bytes);
    progress.onLine(framer.isInLine());
    if (frame instanceof Frame.Partial) {
      return true;
    }
    steps.addAll(wants == Wants.COMMAND ? session.on(command(frame)) : session.on(sasl(frame)));
    return true;
  }

  private static SmtpCommand command(Frame frame) {
    return switch (frame) {
      case Frame.Line(byte[] octets) -> SmtpCommandParser.parse(octets);
      case Frame.TooLong _ -> SmtpCommandParser.faulty(Fault.LINE_TOO_LONG);
      case Frame.BareEndOfLine _ -> SmtpCommandParser.faulty(Fault.BARE_END_OF_LINE);
      case Frame.Partial _ -> throw new IllegalStateException("no frame");
    };
  }

  private static SmtpEvent sasl(Frame frame) {
    return switch (frame) {
      case Frame.Line(byte[] octets) ->
          new SmtpEvent.SaslLine(new String(octets, StandardCharsets.ISO_8859_1));
      case Frame.TooLong _ -> new SmtpEvent.SaslLineTooLong();
      // Not base64, and answered as that.
      case Frame.BareEndOfLine _ -> new SmtpEvent.SaslLine("\n");
      case Frame.Partial _ -> throw new IllegalStateException("no frame");
    };
  }

  private boolean tell(Optional<SmtpEvent> event) {
    event.ifPresent(happened -> steps.addAll(session.on(happened)));
    return true;
  }

  private void perform(SmtpStep step) {
    switch (step) {
      case SmtpStep.Send(var reply) -> {
        server.metrics().count(reply);
        replies.appendBytes(reply.encode());
      }
      case SmtpStep.Close _ -> close();
      case SmtpStep.Note(var event) -> server.services().mailLog().on(event);
      case SmtpStep.DropBody _ -> {
        server.metrics().count(SmtpMetrics.Mail.DISCARDED);
        intake.drop();
      }
      case SmtpStep.AskArrival _ -> await(asks.arrival(session.client()));
      case SmtpStep.GreetPause(var time) ->
          context
              .owner()
              .setTimer(
                  time.toMillis(),
                  _ -> onContext(() -> answer(new SmtpEvent.GreetPauseEnded(!input.isEmpty()))));
      case SmtpStep.AskSender ask -> await(asks.sender(ask));
      case SmtpStep.AskRecipient ask -> await(asks.recipient(ask));
      case SmtpStep.AskLogin ask -> await(asks.login(ask, session.client().address()));
      case SmtpStep.AskVerify(var address) -> await(asks.verify(address));
      case SmtpStep.AskFlush ask -> await(asks.flush(ask));
      case SmtpStep.OpenBody open -> answer(intake.open(open));
      case SmtpStep.ReceiveBody(var framing) -> {
        if (!intake.expect(framing)) {
          cut(Cut.TOO_SLOW, new SmtpEvent.TooSlow());
        }
      }
      case SmtpStep.SkipOctets(long octets) -> intake.skip(octets);
      case SmtpStep.AbandonBody _ -> intake.drop();
      case SmtpStep.Pause(var time) -> pause(time);
      case SmtpStep.Commit commit -> commit(commit);
      case SmtpStep.StartTls(var reply) -> startTls(reply);
    }
  }

  private void await(CompletableFuture<SmtpEvent> asked) {
    asked.whenComplete(
        (event, error) -> onContext(() -> answer(error == null ? event : failed(error))));
  }

  private void pause(Duration time) {
    paused = true;
    flush();
    context
        .owner()
        .setTimer(
            Math.max(1, time.toMillis()),
            _ ->
                onContext(
                    () -> {
                      paused = false;
                      pump();
                    }));
  }

  private void commit(SmtpStep.Commit step) {
    // Also when the client has gone meanwhile: the mail is ours, RFC 5321 §6.1.
    new Commit(server, step).run(intake.release(), answer -> onContext(() -> answer(answer)));
  }

  private void startTls(SmtpReply reply) {
    if (input.stream().anyMatch(ByteBuffer::hasRemaining)) {
      server.metrics().count(Tls.INJECTED);
      answer(new SmtpEvent.DataBehindStartTls());
      return;
    }
    flush();
    server.metrics().count(reply);
    tls.orElseThrow()
        .begin(socket, Buffer.buffer(reply.encode()))
        .onComplete(done -> onContext(() -> tlsStarted(done)));
  }

  private void tlsStarted(AsyncResult<Void> done) {
    if (done.succeeded()) {
      server.metrics().count(Tls.STARTED);
      answer(new SmtpEvent.TlsStarted(tlsInfo()));
    } else {
      // Also what a client sent in clear behind STARTTLS ends here: it is no handshake.
      LOG.debug("{}: TLS handshake failed: {}", name(), done.cause().toString());
      server.metrics().count(Tls.FAILED);
      socket.close();
    }
  }

  private TlsInfo tlsInfo() {
    SSLSession tls = socket.sslSession();
    return new TlsInfo(
        tls.getProtocol(), tls.getCipherSuite(), SaslLink.encrypted(peer.isLoopbackAddress(), tls));
  }

  private void close() {
    boolean stillSending =
        intake.isReceiving() || input.stream().anyMatch(ByteBuffer::hasRemaining);
    intake.drop();
    input.clear();
    flush();
    if (stillSending) {
      socket.write(Buffer.buffer()).onSuccess(_ -> endOutput());
      context.owner().setTimer(LINGER.toMillis(), _ -> socket.close());
    } else {
      socket.close();
    }
  }

  /** Says that no more will come, and goes on reading. */
  private void endOutput() {
    SslHandler encryption = channel.pipeline().get(SslHandler.class);
    if (encryption != null) {
      encryption.closeOutbound();
    } else if (channel.channel() instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  private void flush() {
    if (replies.length() > 0 && !closed) {
      socket.write(replies);
      replies = Buffer.buffer(0);
      progress.onReply(server.monotonicMillis());
    }
  }

  /** A client that does not read its replies, or sends faster than we store, is not read either. */
  private void steerReading() {
    boolean wanted = input.isEmpty() && !socket.writeQueueFull();
    if (wanted != reading && !closed) {
      reading = wanted;
      channel.channel().config().setAutoRead(wanted);
    }
  }

  private SmtpEvent failed(Throwable error) {
    LOG.error("{}: a step failed", name(), error);
    server.metrics().count(Cut.BUG);
    return new SmtpEvent.Failed();
  }

  private void onBug(RuntimeException error) {
    SmtpEvent failed = failed(error);
    steps.clear();
    if (session.wants() == Wants.NOTHING) {
      socket.close();
      return;
    }
    for (SmtpStep step : session.on(failed)) {
      perform(step);
    }
  }

  private void onContext(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(_ -> task.run());
    }
  }

  private String name() {
    return session.client().address();
  }
}
