package org.malleposte.imap;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * COMPRESS=DEFLATE (RFC 4978) in both directions. Belongs to the connection's event loop. Costs
 * about 300 KiB outside the heap. What a client sends is inflated only as far as it is taken, so a
 * few bytes that would become gigabytes cost what is asked for.
 */
final class Compression implements AutoCloseable {
  /** Made at once of what the client sent. */
  static final int PIECE_BYTES = 8 * 1024;

  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final Inflater inflater = new Inflater(true);
  private byte[] waiting = new byte[0];
  private boolean outputWaits;

  /** All of {@code plain}, so that the client can read it to its end. */
  byte[] deflate(byte[] plain) {
    var out = new ByteArrayOutputStream(plain.length / 2 + 64);
    byte[] piece = new byte[PIECE_BYTES];
    deflater.setInput(plain);
    int made;
    do {
      made = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      out.write(piece, 0, made);
    } while (made == piece.length);
    return out.toByteArray();
  }

  /** Takes what the client sent. */
  void add(byte[] compressed) {
    if (waiting.length == 0) {
      waiting = compressed;
      return;
    }
    byte[] joined = Arrays.copyOf(waiting, waiting.length + compressed.length);
    System.arraycopy(compressed, 0, joined, waiting.length, compressed.length);
    waiting = joined;
  }

  boolean hasMore() {
    return waiting.length > 0 || outputWaits;
  }

  /**
   * At most {@link #PIECE_BYTES}; may be nothing, then it has used up what waited.
   *
   * @throws DataFormatException also at an end of the stream, which RFC 4978 does not have
   */
  byte[] inflate() throws DataFormatException {
    byte[] piece = new byte[PIECE_BYTES];
    inflater.setInput(waiting);
    int made = inflater.inflate(piece);
    if (inflater.finished() || inflater.needsDictionary()) {
      throw new DataFormatException("the stream ends");
    }
    int left = inflater.getRemaining();
    waiting = Arrays.copyOfRange(waiting, waiting.length - left, waiting.length);
    // A full piece: the inflater may hold more, though it has taken all bytes.
    outputWaits = made == piece.length;
    return made == piece.length ? piece : Arrays.copyOf(piece, made);
  }

  @Override
  public void close() {
    deflater.end();
    inflater.end();
  }
}
