package org.malleposte.managesieve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.malleposte.line.Frame;
import org.malleposte.line.LineFramer;

/**
 * Cuts a stream of bytes into commands: a line, and as long as it ends in a literal's length, that
 * many bytes and the next line (RFC 5804 §4). Belongs to one connection.
 */
final class ManageSieveFramer {
  private static final Pattern LITERAL = Pattern.compile(".*\\{(\\d{1,10})\\+}", Pattern.DOTALL);
  private static final int TAIL_OCTETS = 16;

  /** What was found. */
  sealed interface Framed {
    /** The input is used up and the command has not ended. */
    record Partial() implements Framed {}

    /**
     * @param bytes with its literals in their places, without the last CRLF
     */
    record Command(byte[] bytes) implements Framed {}

    /** A command that is not looked at. */
    record Bad(String what) implements Framed {}

    /** What follows cannot be told apart any more, or is too much. */
    record Hopeless(String what) implements Framed {}
  }

  private final LineFramer lines = new LineFramer(ManageSieveLimits.LINE_OCTETS);
  private final ByteArrayOutputStream command = new ByteArrayOutputStream(128);
  private int literalLeft;

  /**
   * @param literalMax octets that a literal may have now
   */
  Framed next(ByteBuffer input, int literalMax) {
    while (input.hasRemaining()) {
      if (literalLeft > 0) {
        int taken = Math.min(literalLeft, input.remaining());
        command.write(input.array(), input.arrayOffset() + input.position(), taken);
        input.position(input.position() + taken);
        literalLeft -= taken;
        continue;
      }
      switch (lines.next(input)) {
        case Frame.Partial _ -> {
          return new Framed.Partial();
        }
        case Frame.Line(var octets) -> {
          command.writeBytes(octets);
          int literal = literal(octets);
          if (literal > literalMax
              || command.size() + Math.max(0, literal) > ManageSieveLimits.COMMAND_OCTETS) {
            return new Framed.Hopeless("a string is too long");
          }
          if (literal < 0) {
            return new Framed.Command(taken());
          }
          command.write('\r');
          command.write('\n');
          literalLeft = literal;
        }
        case Frame.TooLong _ -> {
          taken();
          return new Framed.Bad("a line is too long");
        }
        case Frame.BareEndOfLine _ -> {
          taken();
          return new Framed.Bad("a line ends in CRLF");
        }
      }
    }
    return new Framed.Partial();
  }

  private byte[] taken() {
    byte[] bytes = command.toByteArray();
    command.reset();
    return bytes;
  }

  /** The length of the literal that begins behind the line, or -1. */
  private static int literal(byte[] line) {
    int from = Math.max(0, line.length - TAIL_OCTETS);
    String tail = new String(line, from, line.length - from, StandardCharsets.ISO_8859_1);
    var found = LITERAL.matcher(tail);
    if (!found.matches()) {
      return -1;
    }
    return (int) Math.min(Long.parseLong(found.group(1)), Integer.MAX_VALUE);
  }
}
