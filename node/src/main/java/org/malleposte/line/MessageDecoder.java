package org.malleposte.line;

import java.nio.ByteBuffer;

/**
 * Finds the message in what a client sends of it, and the faults of its lines. For one message;
 * belongs to one thread.
 */
public sealed interface MessageDecoder permits DotDecoder, ChunkDecoder {
  /** Takes the decoded bytes as they come; {@code bytes} is lent for the call. */
  @FunctionalInterface
  interface Sink {
    void write(byte[] bytes, int offset, int length);
  }

  /** How far it has come. */
  enum Progress {
    /** More bytes are to come. */
    PARTIAL,
    /** This chunk has ended, the message has not. */
    CHUNK_ENDED,
    ENDED
  }

  /**
   * Decodes from {@code input} up to the end of the message or chunk, or all of it; what follows in
   * {@code input} is not its.
   *
   * @param input backed by an array
   */
  Progress decode(ByteBuffer input, Sink sink);

  /** Whether a line was over the limit. */
  boolean sawLineTooLong();

  /** Whether a CR or LF stood alone. */
  boolean sawBareEndOfLine();

  /** Whether a byte was over 127. */
  boolean sawEightBit();
}
