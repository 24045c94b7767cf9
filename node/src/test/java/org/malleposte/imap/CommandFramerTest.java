package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.malleposte.imap.CommandFramer.Frame;
import org.malleposte.imap.FramedCommand.Part;

class CommandFramerTest {
  private final CommandFramer framer = new CommandFramer();

  @Test
  void chunksChangeNothing() {
    String input = "a NOOP\r\nb LOGIN {3+}\r\nx\r\n {2}\r\nyz end\r\nc \n";
    for (int size = 1; size <= input.length(); size++) {
      var fresh = new CommandFramer();
      var frames = new ArrayList<String>();
      for (int i = 0; i < input.length(); i += size) {
        fresh.feed(bytes(input.substring(i, Math.min(input.length(), i + size))));
        collect(fresh, frames);
      }
      assertThat(frames)
          .as("chunks of " + size)
          .containsExactly("[a NOOP]", "[b LOGIN |(x\r\n)| |(yz)| end]", "[c ]");
    }
  }

  private static void collect(CommandFramer framer, List<String> frames) {
    for (Frame frame = framer.next(); !(frame instanceof Frame.More); frame = framer.next()) {
      switch (frame) {
        case Frame.LiteralAhead _ -> framer.collect();
        case Frame.Whole(var command) -> frames.add(describe(command));
        default -> throw new AssertionError(frame);
      }
    }
  }

  private static String describe(FramedCommand command) {
    var parts = new ArrayList<String>();
    for (var part : command.parts()) {
      parts.add(
          switch (part) {
            case Part.Text(var bytes) -> new String(bytes, StandardCharsets.ISO_8859_1);
            case Part.Literal(var bytes) ->
                "(" + new String(bytes, StandardCharsets.ISO_8859_1) + ")";
            case Part.Uploaded _ -> "uploaded";
            case Part.Dropped(var reply) -> reply.text();
          });
    }
    return "[" + String.join("|", parts) + "]";
  }

  @Test
  void tellsSizeAndKindOfALiteral() {
    framer.feed(bytes("a APPEND x {12345678901+}\r\n"));
    assertThat(framer.next())
        .isInstanceOfSatisfying(
            Frame.LiteralAhead.class,
            ahead -> {
              assertThat(ahead.sizeBytes()).isEqualTo(12_345_678_901L);
              assertThat(ahead.synchronizing()).isFalse();
            });
  }

  @Test
  void aLiteralLargerThanAnyNumberIsLarge() {
    framer.feed(bytes("a {99999999999999999999999999}\r\n"));
    assertThat(((Frame.LiteralAhead) framer.next()).sizeBytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatLooksLikeALiteralInTheLineIsNone() {
    framer.feed(bytes("a {5} b\r\nc \"{5}\"\r\nd {}\r\ne {x}\r\n"));
    for (int i = 0; i < 4; i++) {
      assertThat(framer.next()).isInstanceOf(Frame.Whole.class);
    }
  }

  @Test
  void aLineWithoutEndIsTooLongAtTheLimit() {
    framer.feed(new byte[ImapLimits.LINE_MAX_BYTES]);
    assertThat(framer.next()).isInstanceOf(Frame.More.class);
    framer.feed(new byte[1]);
    assertThat(framer.next()).isInstanceOf(Frame.TooLong.class);
  }

  @Test
  void theLinesOfACommandTogetherAreLimited() {
    byte[] half = new byte[ImapLimits.LINE_MAX_BYTES / 2 + 1];
    java.util.Arrays.fill(half, (byte) 'x');
    framer.feed(half);
    framer.feed(bytes(" {1+}\r\ny"));
    assertThat(framer.next()).isInstanceOf(Frame.LiteralAhead.class);
    framer.collect();
    framer.feed(half);
    assertThat(framer.next()).isInstanceOf(Frame.TooLong.class);
  }

  @Test
  void uploadsComeInPieces() {
    framer.feed(bytes("a APPEND x {5}\r\nab"));
    framer.next();
    framer.upload();
    assertThat(framer.next()).isInstanceOf(Frame.UploadBytes.class);
    assertThat(framer.next()).isInstanceOf(Frame.More.class);
    framer.feed(bytes("cde\r\n"));
    assertThat(framer.next()).isInstanceOf(Frame.UploadBytes.class);
    assertThat(framer.next()).isInstanceOf(Frame.UploadEnd.class);
    framer.uploaded(new Upload(new org.malleposte.blob.MessageBody.InMemory(bytes("abcde"))));
    assertThat(framer.next()).isInstanceOf(Frame.Whole.class);
  }

  @Test
  void droppedLiteralsCostNothing() {
    framer.feed(bytes("a X {1000000000+}\r\n"));
    framer.next();
    framer.drop(ImapReplies.TOO_BIG);
    byte[] chunk = new byte[1_000_000];
    for (int i = 0; i < 1_000; i++) {
      framer.feed(chunk);
      framer.next();
      assertThat(framer.waitingBytes()).isZero();
    }
    framer.feed(bytes("\r\n"));
    assertThat(describe(((Frame.Whole) framer.next()).command()))
        .isEqualTo("[a X |Message is too large|]");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
