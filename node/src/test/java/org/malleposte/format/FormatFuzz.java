package org.malleposte.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** The fields of a record, in any order that a reader asks for. */
public final class FormatFuzz {
  private FormatFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of("record-fields", FormatFuzz::fields, "\0\1\2\3\4\5\6\7\377\5\2ab\1c\200\1"),
        FuzzTarget.of(
            "format-version",
            FormatFuzz::version,
            "spool 1.2\n",
            "x",
            "spool 99999999999.1",
            "spool 2.0"));
  }

  /** Up to 0xff the kinds of fields, then the record; each is written again as it was read. */
  private static void fields(byte[] data) {
    var parts = Fuzz.parts(data, 2);
    var in = new RecordReader(parts.get(1));
    var out = new RecordWriter();
    try {
      for (byte kind : parts.get(0)) {
        int left = in.remaining();
        int before = out.sizeBytes();
        switch (kind & 7) {
          case 0 -> out.u8(in.u8());
          case 1 -> out.fixed32(in.fixed32());
          case 2 -> out.fixed64(in.fixed64());
          case 3 -> out.varint(in.varint());
          case 4 -> out.varint(in.count(100));
          case 5 -> out.bytes(in.bytes(100));
          case 6 -> out.text(in.text(100));
          default -> out.flag(in.flag());
        }
        int read = left - in.remaining();
        // A number may be written longer than it need be.
        Fuzz.check(out.sizeBytes() - before <= read, "more written than read");
      }
    } catch (FormatException e) {
      return;
    }
    int left = in.remaining();
    Fuzz.same(left, in.rest().length, "rest");
  }

  private static void version(byte[] data) throws IOException {
    Path directory = Files.createTempDirectory("format");
    Path file = directory.resolve(FormatVersion.FILE);
    try {
      Files.write(file, data);
      var version = FormatVersion.open(directory, "spool", new FormatVersion(1, 2));
      Fuzz.check(version.major() == 1, "a newer major");
    } catch (FormatVersion.UnknownFormatException | UncheckedIOException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
  }
}
