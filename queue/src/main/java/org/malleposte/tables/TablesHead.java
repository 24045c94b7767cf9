package org.malleposte.tables;

import java.util.Optional;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.link.NodeName;

/**
 * The directory's entry that says which tables of a primary are in force.
 *
 * <p>It stands at {@code tables/NODE}. The parts stand elsewhere, at {@code
 * table-parts/NODE/DIGEST/N}, so that who lists the heads does not read megabytes.
 *
 * @param version counts publications of this primary, from 1
 * @param digest of the packed tables, all parts together
 */
record TablesHead(long version, String digest, int parts, int packedBytes) {
  static final String PREFIX = "tables/";
  static final String PARTS_PREFIX = "table-parts/";

  private static final int FORMAT = 1;
  private static final int MAX_DIGEST_CHARACTERS = 64;

  static String key(NodeName primary) {
    return PREFIX + primary;
  }

  /** The primary of a key, if it is a head's. */
  static Optional<NodeName> primary(String key) {
    try {
      return key.startsWith(PREFIX)
          ? Optional.of(new NodeName(key.substring(PREFIX.length())))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String partsOf(NodeName primary) {
    return PARTS_PREFIX + primary + "/";
  }

  String partKey(NodeName primary, int part) {
    return partsOf(primary) + digest + "/" + part;
  }

  byte[] encode() {
    return new RecordWriter()
        .u8(FORMAT)
        .fixed64(version)
        .text(digest)
        .varint(parts)
        .varint(packedBytes)
        .toBytes();
  }

  /**
   * @throws FormatException when the bytes are no head
   */
  static TablesHead decode(byte[] bytes) {
    var in = new RecordReader(bytes);
    int format = in.u8();
    if (format != FORMAT) {
      throw new FormatException("tables are published in format " + format + ", not " + FORMAT);
    }
    return new TablesHead(
        in.fixed64(),
        in.text(MAX_DIGEST_CHARACTERS),
        in.count(PackedTables.MAX_PACKED_BYTES),
        in.count(PackedTables.MAX_PACKED_BYTES));
  }
}
