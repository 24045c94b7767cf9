package org.malleposte.imap;

import java.util.Arrays;
import org.malleposte.imap.FramedCommand.Part;

/**
 * Cuts a stream of bytes into commands (RFC 3501 §2.2.1, RFC 7888). Does no I/O and decides
 * nothing: at each literal it stops until it is told where the bytes go. Bounded: a line by {@link
 * ImapLimits#LINE_MAX_BYTES}, a literal in memory by whoever says {@link #collect}.
 */
final class CommandFramer {
  /** What the next bytes are. */
  sealed interface Frame {
    /** Not enough bytes. */
    record More() implements Frame {}

    /**
     * A literal follows: say collect, upload, drop or forget.
     *
     * @param binary it may hold any bytes (RFC 3516)
     * @param synchronizing the client waits for {@code +} before it sends it
     */
    record LiteralAhead(FramedCommand soFar, long sizeBytes, boolean synchronizing, boolean binary)
        implements Frame {}

    /** Bytes of an uploaded literal; there may be more. */
    record UploadBytes(byte[] bytes) implements Frame {}

    /** The uploaded literal is whole: say {@link #uploaded}. */
    record UploadEnd() implements Frame {}

    record Whole(FramedCommand command) implements Frame {}

    /** A line over the limit: what follows cannot be understood any more. */
    record TooLong(FramedCommand soFar) implements Frame {}
  }

  private sealed interface State {
    record InLine() implements State {}

    record Deciding(long sizeBytes) implements State {}

    record Collecting(byte[] literal, int filled) implements State {}

    record Uploading(long leftBytes) implements State {}

    record UploadDone() implements State {}

    record Dropping(long leftBytes, ImapReply reply) implements State {}
  }

  private static final Frame MORE = new Frame.More();

  private byte[] buffer = new byte[512];
  private int start;
  private int end;
  private int scanned;
  private int lineBytes;
  private int lineMaxBytes = ImapLimits.LINE_MAX_BYTES;
  private State state = new State.InLine();
  private FramedCommand command = new FramedCommand(java.util.List.of());

  void feed(byte[] bytes) {
    if (end + bytes.length > buffer.length) {
      int waiting = end - start;
      byte[] target =
          waiting + bytes.length <= buffer.length
              ? buffer
              : new byte[Math.max(waiting + bytes.length, Math.min(2 * buffer.length, 64 * 1024))];
      System.arraycopy(buffer, start, target, 0, waiting);
      buffer = target;
      scanned -= start;
      start = 0;
      end = waiting;
    }
    System.arraycopy(bytes, 0, buffer, end, bytes.length);
    end += bytes.length;
  }

  /** How long a command may be from now on, without its literals. */
  void limitLines(int maxBytes) {
    lineMaxBytes = maxBytes;
  }

  /** The parts of a command whose end has not come. */
  FramedCommand unfinished() {
    return command;
  }

  /** Bytes that were fed and not yet taken. */
  int waitingBytes() {
    return end - start;
  }

  /** Drops what waits: what came before TLS began must not count after it (RFC 3501 §6.2.1). */
  void dropWaiting() {
    start = 0;
    end = 0;
    scanned = 0;
    forget();
  }

  /** Takes out what was fed and not yet taken, before the next line. */
  byte[] takeWaiting() {
    byte[] waiting = Arrays.copyOfRange(buffer, start, end);
    start = 0;
    end = 0;
    scanned = 0;
    return waiting;
  }

  /** One frame; call until {@link Frame.More}. */
  Frame next() {
    return switch (state) {
      case State.InLine _ -> line();
      case State.Deciding _ -> throw new IllegalStateException("the literal is not decided");
      case State.Collecting(var literal, int filled) -> collecting(literal, filled);
      case State.Uploading(long left) -> uploading(left);
      case State.UploadDone _ -> throw new IllegalStateException("the upload is not taken");
      case State.Dropping(long left, var reply) -> dropping(left, reply);
    };
  }

  /** A single line that is no command: {@code DONE}, an answer to a challenge. */
  Frame nextLine(int maxBytes) {
    int lf = indexOfLf();
    if (lf < 0 || lf - start > maxBytes) {
      return end - start > maxBytes ? new Frame.TooLong(command) : MORE;
    }
    byte[] text = takeLine(lf);
    return new Frame.Whole(new FramedCommand(java.util.List.of(new Part.Text(text))));
  }

  void collect() {
    state = new State.Collecting(new byte[Math.toIntExact(decided())], 0);
  }

  void upload() {
    state = new State.Uploading(decided());
  }

  void uploaded(Upload upload) {
    addLiteral(new Part.Uploaded(upload));
  }

  /** In place of {@link #uploaded}. */
  void refused(ImapReply reply) {
    addLiteral(new Part.Dropped(reply));
  }

  void drop(ImapReply reply) {
    state = new State.Dropping(decided(), reply);
  }

  /** Gives the command up; the client was refused and will not send the literal. */
  void forget() {
    state = new State.InLine();
    command = new FramedCommand(java.util.List.of());
    lineBytes = 0;
  }

  /** Bytes of the literals of the current command that are in memory. */
  int collectedBytes() {
    int sum = 0;
    for (var part : command.parts()) {
      sum += part instanceof Part.Literal(var bytes) ? bytes.length : 0;
    }
    return sum;
  }

  private long decided() {
    if (state instanceof State.Deciding(long sizeBytes)) {
      return sizeBytes;
    }
    throw new IllegalStateException("no literal ahead");
  }

  private Frame line() {
    int lf = indexOfLf();
    int seen = (lf < 0 ? end : lf) - start;
    if (lineBytes + seen > lineMaxBytes) {
      return new Frame.TooLong(command);
    }
    if (lf < 0) {
      return MORE;
    }
    byte[] text = takeLine(lf);
    lineBytes += text.length;
    LiteralHeader header = LiteralHeader.endOf(text);
    if (header == null) {
      var whole = command.with(new Part.Text(text));
      forget();
      return new Frame.Whole(whole);
    }
    command = command.with(new Part.Text(Arrays.copyOf(text, header.position())));
    state = new State.Deciding(header.sizeBytes());
    return new Frame.LiteralAhead(
        command, header.sizeBytes(), header.synchronizing(), header.binary());
  }

  private int indexOfLf() {
    for (scanned = Math.max(scanned, start); scanned < end; scanned++) {
      if (buffer[scanned] == '\n') {
        return scanned;
      }
    }
    return -1;
  }

  /** A bare LF ends a line too, as it does for Dovecot. */
  private byte[] takeLine(int lf) {
    int length = lf - start;
    if (length > 0 && buffer[lf - 1] == '\r') {
      length--;
    }
    byte[] text = Arrays.copyOfRange(buffer, start, start + length);
    consume(lf + 1 - start);
    return text;
  }

  private Frame collecting(byte[] literal, int filled) {
    int taken = Math.min(literal.length - filled, end - start);
    System.arraycopy(buffer, start, literal, filled, taken);
    consume(taken);
    if (filled + taken < literal.length) {
      state = new State.Collecting(literal, filled + taken);
      return MORE;
    }
    addLiteral(new Part.Literal(literal));
    return next();
  }

  private Frame uploading(long left) {
    if (left == 0) {
      state = new State.UploadDone();
      return new Frame.UploadEnd();
    }
    int taken = (int) Math.min(left, end - start);
    if (taken == 0) {
      return MORE;
    }
    byte[] bytes = Arrays.copyOfRange(buffer, start, start + taken);
    consume(taken);
    state = new State.Uploading(left - taken);
    return new Frame.UploadBytes(bytes);
  }

  private Frame dropping(long left, ImapReply reply) {
    int taken = (int) Math.min(left, end - start);
    consume(taken);
    if (taken < left) {
      state = new State.Dropping(left - taken, reply);
      return MORE;
    }
    addLiteral(new Part.Dropped(reply));
    return next();
  }

  private void addLiteral(Part literal) {
    command = command.with(literal);
    state = new State.InLine();
  }

  private void consume(int bytes) {
    start += bytes;
    if (start == end) {
      start = 0;
      end = 0;
      scanned = 0;
      // An idle session must not keep the buffer of its largest command.
      if (buffer.length > 8 * 1024) {
        buffer = new byte[512];
      }
    }
  }
}
