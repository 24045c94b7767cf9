package org.malleposte.format;

/** Bytes on disk or from another node that this version cannot read. The message says why. */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
