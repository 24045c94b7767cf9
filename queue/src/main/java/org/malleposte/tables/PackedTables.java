package org.malleposte.tables;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.malleposte.format.FormatException;

/**
 * Tables packed for the directory and for disk.
 *
 * @param digest SHA-256 of {@code bytes}, in hex
 * @param bytes compressed; not copied, not to be changed
 */
record PackedTables(String digest, byte[] bytes) {
  /** Of packed tables. All nodes keep them in the directory, in their logs and on disk. */
  static final int MAX_PACKED_BYTES = 64 << 20;

  /** Of unpacked tables: what a damaged or hostile entry may make of our memory. */
  static final int MAX_UNPACKED_BYTES = 512 << 20;

  static PackedTables pack(byte[] plain) {
    var packed = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (var out = new DeflaterOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Cannot be: the stream is in memory.
    }
    return of(packed.toByteArray());
  }

  static PackedTables of(byte[] packed) {
    return new PackedTables(digest(packed), packed);
  }

  byte[] unpack() {
    try (var in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      byte[] plain = in.readNBytes(MAX_UNPACKED_BYTES + 1);
      if (plain.length > MAX_UNPACKED_BYTES) {
        throw new FormatException("tables over " + MAX_UNPACKED_BYTES + " bytes");
      }
      return plain;
    } catch (IOException e) {
      throw new FormatException("packed tables are damaged", e);
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Each JDK has it.
    }
  }
}
