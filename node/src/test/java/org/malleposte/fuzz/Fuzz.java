package org.malleposte.fuzz;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What the targets have in common. */
public final class Fuzz {
  /** A seed from the files of a build that is not in its place is left out. */
  private static final int SEED_MAX_BYTES = 16 << 10;

  private Fuzz() {}

  /** Fails as a find. */
  public static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Fails as a find when the two differ. */
  public static void same(Object expected, Object actual, String what) {
    if (!expected.equals(actual)) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
  }

  /** The same for bytes. */
  public static void same(byte[] expected, byte[] actual, String what) {
    same(text(expected), text(actual), what);
  }

  /** One character a byte. */
  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** All but the first byte, which targets take for choices. */
  public static byte[] rest(byte[] data) {
    return data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length);
  }

  /** The first byte, or 0. */
  public static int choice(byte[] data) {
    return data.length == 0 ? 0 : data[0] & 0xff;
  }

  /** {@code data} cut into pieces; the same {@code choice} cuts the same way. */
  public static List<byte[]> pieces(int choice, byte[] data) {
    var random = new Random(choice);
    int longest = 1 + random.nextInt(1 + choice);
    var pieces = new ArrayList<byte[]>();
    for (int from = 0; from < data.length; ) {
      int to = Math.min(data.length, from + 1 + random.nextInt(longest));
      pieces.add(Arrays.copyOfRange(data, from, to));
      from = to;
    }
    return pieces;
  }

  /** A stream that gives a few bytes at a time. */
  public static InputStream slowly(int choice, byte[] data) {
    var random = new Random(choice);
    return new FilterInputStream(new ByteArrayInputStream(data)) {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(1 + choice)));
      }
    };
  }

  /** The parts of {@code data} between bytes 0xff; as many as are wanted. */
  public static List<byte[]> parts(byte[] data, int count) {
    var parts = new ArrayList<byte[]>();
    int from = 0;
    for (int i = 0; i < data.length && parts.size() < count - 1; i++) {
      if (data[i] == (byte) 0xff) {
        parts.add(Arrays.copyOfRange(data, from, i));
        from = i + 1;
      }
    }
    parts.add(Arrays.copyOfRange(data, from, data.length));
    while (parts.size() < count) {
      parts.add(new byte[0]);
    }
    return parts;
  }

  /** The files below a directory of this repository, seen from this module, as seeds. */
  public static List<byte[]> files(String directory, String suffix) {
    Path root = Path.of(directory);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .map(Fuzz::read)
          .filter(bytes -> bytes.length <= SEED_MAX_BYTES)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code bytes} behind a first byte. */
  public static byte[] behind(int choice, byte[] bytes) {
    byte[] all = new byte[bytes.length + 1];
    all[0] = (byte) choice;
    System.arraycopy(bytes, 0, all, 1, bytes.length);
    return all;
  }
}
