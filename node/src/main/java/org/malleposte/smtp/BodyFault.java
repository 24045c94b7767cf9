package org.malleposte.smtp;

/** Why a message that has been read to its end is refused whole. The first found counts. */
public enum BodyFault {
  BARE_END_OF_LINE,
  LINE_TOO_LONG,
  TOO_LARGE,
  HEADER_TOO_LARGE,
  /** More {@code Received} lines than a mail that is not looping has (RFC 5321 §6.3). */
  LOOP,
  /** Sent in binary, and no message of lines can be made of it (RFC 3030 §3). */
  NOT_CONVERTIBLE,
  /** The temporary file could not be written. */
  NOT_STORED
}
