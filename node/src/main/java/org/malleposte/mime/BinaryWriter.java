package org.malleposte.mime;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;

/** Writes a message as a {@link BinaryPlan} says, a block at a time. */
public final class BinaryWriter {
  /** Read at once; of whole lines of base64. */
  private static final int BLOCK_BYTES = 1024 * BinaryPlan.LINE_BYTES;

  private final InputStream in;
  private final OutputStream out;
  private final Base64.Encoder encoder = BinaryPlan.encoder();
  private final byte[] block = new byte[BLOCK_BYTES];
  private long position;

  private BinaryWriter(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Reads {@code in} to its end; closes neither. Blocks on both.
   *
   * @param in the message that was planned for
   */
  public static void write(InputStream in, BinaryPlan plan, OutputStream out) throws IOException {
    var writer = new BinaryWriter(in, out);
    for (BinaryPlan.Edit edit : plan.edits()) {
      writer.copy(edit.from());
      switch (edit) {
        case BinaryPlan.Edit.Replace(_, long to, byte[] by) -> {
          in.skipNBytes(to - writer.position);
          writer.position = to;
          out.write(by);
        }
        case BinaryPlan.Edit.Encode(_, long to) -> writer.encode(to);
      }
    }
    in.transferTo(out);
  }

  private void copy(long to) throws IOException {
    while (position < to) {
      out.write(block, 0, read(to));
    }
  }

  private void encode(long to) throws IOException {
    for (boolean first = true; position < to; first = false) {
      if (!first) {
        out.write(BinaryPlan.CRLF);
      }
      int count = read(to);
      byte[] bytes = count == block.length ? block : java.util.Arrays.copyOf(block, count);
      out.write(encoder.encode(bytes));
    }
  }

  /** A whole block, but at the end. */
  private int read(long to) throws IOException {
    int count = (int) Math.min(block.length, to - position);
    if (in.readNBytes(block, 0, count) < count) {
      throw new EOFException("the message ends at " + position + ", planned up to " + to);
    }
    position += count;
    return count;
  }
}
