package org.malleposte.smtp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What a connection is receiving beside commands: a message that is kept, or a refused chunk that
 * goes by. Never blocks. Belongs to the connection's thread.
 */
final class BodyIntake {
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final SmtpServer server;
  private final Progress progress;
  private final Executor context;
  private final Runnable onProgress;
  private Optional<BodyReceiver> body = Optional.empty();
  private long refusedOctets;

  /**
   * @param progress of the connection
   * @param context runs tasks on the connection's thread
   * @param onProgress there, after {@link #isReadyFor} may have changed
   */
  BodyIntake(SmtpServer server, Progress progress, Executor context, Runnable onProgress) {
    this.server = server;
    this.progress = progress;
    this.context = context;
    this.onProgress = onProgress;
  }

  /** Makes room for a message, if there is any. */
  SmtpEvent open(SmtpStep.OpenBody open) {
    if (server.memory().isFull()) {
      return new SmtpEvent.BodyUnavailable();
    }
    var writer =
        new BodyWriter(
            open.traceBytes(),
            open.expectedBytes(),
            server.services().bodyFiles(),
            server.memory(),
            context,
            onProgress);
    body =
        Optional.of(
            new BodyReceiver(server.settings().limits(), writer, open.binary(), open.missing()));
    return new SmtpEvent.BodyOpened();
  }

  /**
   * Bytes of the message follow. Chunks of one message are in one window of time: they are no way
   * to drip.
   *
   * @return false: it is too slow
   */
  boolean expect(SmtpStep.Framing framing) {
    long now = server.monotonicMillis();
    BodyReceiver receiver = body.orElseThrow();
    if (!receiver.hasBegun()) {
      progress.onBodyBegins(now);
    } else if (progress.isBodyTooSlow(now, true)) {
      return false;
    }
    receiver.expect(framing);
    return true;
  }

  /** Octets that nobody keeps follow. */
  void skip(long octets) {
    progress.onBodyBegins(server.monotonicMillis());
    refusedOctets = octets;
  }

  /** Whether {@link #take} gets on with {@code bytes}. A chunk of no octets ends without any. */
  boolean isReadyFor(Optional<ByteBuffer> bytes) {
    BodyReceiver receiver = body.orElseThrow();
    return !receiver.writer().isCongested() && (bytes.isPresent() || receiver.isEnded());
  }

  /**
   * @return what has happened by them, if anything
   */
  Optional<SmtpEvent> take(Optional<ByteBuffer> bytes) {
    BodyReceiver receiver = body.orElseThrow();
    Optional<SmtpEvent.BodyOutcome> outcome = receiver.receive(bytes.orElse(NO_BYTES));
    if (outcome.isPresent()) {
      if (outcome.get() instanceof SmtpEvent.BodyOutcome.Faulty) {
        server.metrics().count(SmtpMetrics.Mail.FAULTY);
        drop();
      }
      return outcome.map(SmtpEvent.BodyEnded::new);
    }
    return receiver.isEndless() ? Optional.of(new SmtpEvent.BodyEndless()) : Optional.empty();
  }

  /** Whether {@link #pass} gets on with {@code bytes}. */
  boolean isPassing(Optional<ByteBuffer> bytes) {
    return bytes.isPresent() || refusedOctets == 0;
  }

  /** Lets refused octets go by. */
  Optional<SmtpEvent> pass(Optional<ByteBuffer> bytes) {
    bytes.ifPresent(
        octets -> {
          int count = (int) Math.min(refusedOctets, octets.remaining());
          octets.position(octets.position() + count);
          refusedOctets -= count;
        });
    return refusedOctets == 0 ? Optional.of(new SmtpEvent.Skipped()) : Optional.empty();
  }

  /** The message, whole: it is the caller's from here on. */
  BodyWriter release() {
    BodyWriter writer = body.orElseThrow().writer();
    body = Optional.empty();
    return writer;
  }

  /** Throws away what has come of a message. */
  void drop() {
    body.ifPresent(receiver -> receiver.writer().discard());
    body = Optional.empty();
  }

  boolean isReceiving() {
    return body.isPresent();
  }
}
