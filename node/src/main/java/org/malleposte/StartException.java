package org.malleposte;

/**
 * The node cannot start, for a reason that the postmaster can mend; the message says which and how.
 */
final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
