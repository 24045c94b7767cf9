package org.malleposte.reload;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;

/** What a node answers to one phase of a reload. */
sealed interface ReloadAnswer {
  /** Of an answer: a table that is wrong as a whole must not fill the link with complaints. */
  int MAX_LINES = 500;

  /** Of a line. */
  int MAX_LINE_BYTES = 4096;

  /** It has read the files, and waits. */
  record Ready(List<String> warnings) implements ReloadAnswer {}

  /** Its files are wrong. */
  record Mistaken(List<String> mistakes) implements ReloadAnswer {}

  /** It has put them in force. */
  record Switched(List<String> what, List<String> warnings) implements ReloadAnswer {}

  /** It does not hold what it is to put in force: it has restarted, or another reload came. */
  record NotHeld() implements ReloadAnswer {}

  default byte[] encode() {
    var out = new RecordWriter();
    switch (this) {
      case Ready(var warnings) -> lines(out.u8(0), warnings);
      case Mistaken(var mistakes) -> lines(out.u8(1), mistakes);
      case Switched(var what, var warnings) -> {
        lines(out.u8(2), what);
        lines(out, warnings);
      }
      case NotHeld() -> out.u8(3);
    }
    return out.toBytes();
  }

  /**
   * @throws FormatException when the bytes are no answer
   */
  static ReloadAnswer decode(byte[] bytes) {
    var in = new RecordReader(bytes);
    return switch (in.u8()) {
      case 0 -> new Ready(lines(in));
      case 1 -> new Mistaken(lines(in));
      case 2 -> new Switched(lines(in), lines(in));
      case 3 -> new NotHeld();
      default -> throw new FormatException("no answer to a reload");
    };
  }

  private static void lines(RecordWriter out, List<String> all) {
    List<String> lines = all.subList(0, Math.min(all.size(), MAX_LINES));
    out.varint(lines.size());
    // A character has three bytes at most, a surrogate pair four.
    lines.forEach(line -> out.text(line.substring(0, Math.min(line.length(), MAX_LINE_BYTES / 3))));
  }

  private static List<String> lines(RecordReader in) {
    int count = in.count(MAX_LINES);
    var lines = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      lines.add(in.text(MAX_LINE_BYTES));
    }
    return List.copyOf(lines);
  }
}
