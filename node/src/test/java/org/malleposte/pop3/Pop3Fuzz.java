package org.malleposte.pop3;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.TranscriptLine;

/** Commands of POP3, and TOP. */
public final class Pop3Fuzz {
  private Pop3Fuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget(
            "pop3-command",
            data -> {
              Pop3CommandParser.parse(data);
              Pop3CommandParser.parseSaslResponse(data);
            },
            () ->
                dialogues().stream()
                    .flatMap(dialogue -> Fuzz.text(dialogue).lines())
                    .distinct()
                    .map(Fuzz::bytes)
                    .toList()),
        FuzzTarget.of(
            "pop3-top",
            Pop3Fuzz::top,
            "\2a: b\r\n\r\n1\r\n2\r\n3\r\n",
            "\0a\n\nb\n",
            "\1\r\r\n\n\n"));
  }

  /** The client's part, without STLS: behind it nothing is looked at any more. */
  static byte[] sent(Transcript transcript) {
    var bytes = new ByteArrayOutputStream();
    for (var line : transcript.lines()) {
      if (line instanceof TranscriptLine.Send send && !send.text().contains("STLS")) {
        bytes.writeBytes((send.text() + "\r\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  static List<byte[]> dialogues() {
    return Transcript.in("pop3", ".pop3").stream().map(Pop3Fuzz::sent).toList();
  }

  private static void top(byte[] data) {
    byte[] message = Fuzz.rest(data);
    int lines = Fuzz.choice(data) % 8;
    String whole = top(lines, List.of(message));
    Fuzz.same(whole, top(lines, Fuzz.pieces(Fuzz.choice(data), message)), "in pieces");
    Fuzz.check(Fuzz.text(message).startsWith(whole), "not its beginning");
    Fuzz.check(top(lines + 1, List.of(message)).startsWith(whole), "one line more is less");
  }

  private static String top(int lines, List<byte[]> pieces) {
    var top = new MessageTop(lines);
    var taken = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      if (!top.isDone()) {
        taken.writeBytes(Arrays.copyOf(piece, top.take(piece, piece.length)));
      }
    }
    return Fuzz.text(taken.toByteArray());
  }
}
