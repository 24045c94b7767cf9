package org.malleposte.line;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.malleposte.delivery.DeliveryFuzz;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.line.MessageDecoder.Progress;

/** Lines and messages: however the bytes are cut, they mean the same. */
public final class LineFuzz {
  private static final int LINE_MAX = 40;

  private LineFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "line-framer",
            LineFuzz::framer,
            "\7NOOP\r\nA\nB\r\n\rC\r\n",
            "\1" + "x".repeat(50) + "\r\n"),
        FuzzTarget.of(
            "message-end",
            LineFuzz::message,
            "\7a\r\n..b\r\n.\r\nQUIT\r\n",
            "\3.\r\r\n.\n\n.\r\n",
            "\2" + "y".repeat(45) + "\r\n.\r\n"));
  }

  private static void framer(byte[] data) {
    byte[] input = Fuzz.rest(data);
    List<String> whole = frames(List.of(input));
    Fuzz.same(whole, frames(Fuzz.pieces(Fuzz.choice(data), input)), "frames");
    for (String line : whole) {
      Fuzz.check(line.indexOf('\r') < 0 && line.indexOf('\n') < 0, "end of line within a line");
      Fuzz.check(line.length() <= LINE_MAX, "line over its limit");
    }
  }

  private static List<String> frames(List<byte[]> pieces) {
    var framer = new LineFramer(LINE_MAX);
    var frames = new ArrayList<String>();
    for (byte[] piece : pieces) {
      var input = ByteBuffer.wrap(piece);
      while (input.hasRemaining()) {
        switch (framer.next(input)) {
          case Frame.Line(var octets) -> frames.add("L" + Fuzz.text(octets));
          case Frame.TooLong _ -> frames.add("too long");
          case Frame.BareEndOfLine _ -> frames.add("bare");
          case Frame.Partial _ -> Fuzz.check(!input.hasRemaining(), "bytes left");
        }
      }
    }
    return frames;
  }

  private record Decoded(
      Progress end, int used, String message, boolean tooLong, boolean bare, boolean eightBit) {}

  private static Decoded decode(MessageDecoder decoder, List<byte[]> pieces) {
    var message = new ByteArrayOutputStream();
    Progress end = Progress.PARTIAL;
    int used = 0;
    for (byte[] piece : pieces) {
      var input = ByteBuffer.wrap(piece);
      if (end == Progress.PARTIAL) {
        end = decoder.decode(input, message::write);
        used += input.position();
        Fuzz.check(end != Progress.PARTIAL || !input.hasRemaining(), "bytes left");
      }
    }
    return new Decoded(
        end,
        used,
        Fuzz.text(message.toByteArray()),
        decoder.sawLineTooLong(),
        decoder.sawBareEndOfLine(),
        decoder.sawEightBit());
  }

  private static String encode(List<byte[]> pieces) {
    var out = new ByteArrayOutputStream();
    var encoder = new DotEncoder();
    pieces.forEach(piece -> encoder.encode(piece, 0, piece.length, out::write));
    encoder.end(out::write);
    return Fuzz.text(out.toByteArray());
  }

  private static void message(byte[] data) throws Exception {
    byte[] input = Fuzz.rest(data);
    var pieces = Fuzz.pieces(Fuzz.choice(data), input);
    Decoded whole = decode(new DotDecoder(LINE_MAX), List.of(input));
    Fuzz.same(whole, decode(new DotDecoder(LINE_MAX), pieces), "message in pieces");
    if (whole.end() == Progress.ENDED && !whole.bare()) {
      byte[] sent = Arrays.copyOf(input, whole.used());
      Fuzz.check(Fuzz.text(sent).endsWith("\r\n.\r\n") || whole.message().isEmpty(), "end");
      // A dot that needed no doubling is dropped as well (RFC 5321 §4.5.2): only these two forms.
      Decoded again =
          decode(
              new DotDecoder(LINE_MAX),
              List.of(Fuzz.bytes(encode(List.of(Fuzz.bytes(whole.message()))))));
      Fuzz.same(whole.message(), again.message(), "sent on");
    }
    encoded(input, pieces);
  }

  /** What leaves ends where it should, and says the same in all ways that we have to send it. */
  private static void encoded(byte[] input, List<byte[]> pieces) throws Exception {
    String sent = encode(List.of(input));
    Fuzz.same(sent, encode(pieces), "encoded in pieces");
    Fuzz.same(sent, Fuzz.text(DeliveryFuzz.stuffed(input)), "the two encoders");
    Decoded back = decode(new DotDecoder(LINE_MAX), List.of(Fuzz.bytes(sent)));
    Fuzz.same(Progress.ENDED, back.end(), "its end");
    Fuzz.same(sent.length(), back.used(), "its length");
    Fuzz.check(!back.bare(), "bare end of line sent");
    var chunks = new ChunkDecoder(LINE_MAX, false);
    chunks.begin(input.length, true);
    Decoded chunked = decode(chunks, pieces);
    var one = new ChunkDecoder(LINE_MAX, false);
    one.begin(input.length, true);
    Fuzz.same(decode(one, List.of(input)), chunked, "chunk in pieces");
    boolean complete = Fuzz.text(input).endsWith("\r\n");
    if (complete && !chunked.bare()) {
      Fuzz.same(Fuzz.text(input), back.message(), "message");
      Fuzz.same(chunked.tooLong(), back.tooLong(), "long line");
      Fuzz.same(chunked.eightBit(), back.eightBit(), "eight bit");
    }
  }
}
