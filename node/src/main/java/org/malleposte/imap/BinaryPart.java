package org.malleposte.imap;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mime.BoundedStream;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimeText;

/**
 * What BINARY[part] reads: a leaf without its transfer encoding (RFC 3516 §4.2). What holds other
 * parts has no encoding of its own (RFC 2045 §6.4) and is given as it is.
 *
 * @param from first byte in the message
 * @param leaf whose encoding is undone; empty: none
 */
record BinaryPart(long from, long length, Optional<MimePart> leaf) {
  /**
   * @param sizeBytes decoded, of all
   * @param hasNul in the part of it that is wanted
   */
  record Measured(long sizeBytes, boolean hasNul) {}

  static BinaryPart whole(long sizeBytes) {
    return new BinaryPart(0, sizeBytes, Optional.empty());
  }

  static BinaryPart of(MimePart part) {
    Optional<MimePart> leaf =
        part.kind() instanceof MimePart.Kind.Leaf ? Optional.of(part) : Optional.empty();
    return new BinaryPart(part.bodyStart(), part.bodyBytes(), leaf);
  }

  /** Whether we know how to undo its encoding. */
  boolean isKnown() {
    return leaf.isEmpty()
        || switch (leaf.get().encoding().toLowerCase(Locale.ROOT)) {
          case "7bit", "8bit", "binary", "base64", "quoted-printable" -> true;
          default -> false;
        };
  }

  InputStream open(BodyReader body) throws IOException {
    InputStream raw = new BoundedStream(body.from(from), length);
    return leaf.map(part -> MimeText.decode(part, raw)).orElse(raw);
  }

  /** Reads it once to its end: a literal says how long it is before it begins. */
  Measured measure(BodyReader body, FetchItem.Partial wanted) throws IOException {
    byte[] piece = new byte[8 * 1024];
    long size = 0;
    boolean hasNul = false;
    long end = wanted.isAll() ? Long.MAX_VALUE : wanted.origin() + wanted.count();
    var in = open(body);
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      for (int i = 0; i < read && !hasNul; i++) {
        hasNul = piece[i] == 0 && size + i >= wanted.origin() && size + i < end;
      }
      size += read;
    }
    return new Measured(size, hasNul);
  }
}
