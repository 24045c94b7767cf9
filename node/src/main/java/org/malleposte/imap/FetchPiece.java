package org.malleposte.imap;

/** A piece of a FETCH response. */
sealed interface FetchPiece {
  record Bytes(byte[] bytes) implements FetchPiece {}

  /** Decoded bytes of a part, as they are. */
  record Decoded(BinaryPart part, long offset, long length) implements FetchPiece {}

  /** Bytes of the message itself. */
  record Range(long offset, long length) implements FetchPiece {}
}
