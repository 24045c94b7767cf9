package org.malleposte.link;

/** A request to another node had no answer. Whether the other node acted on it is unknown. */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LinkException(String message) {
    super(message);
  }

  public LinkException(String message, Throwable cause) {
    super(message, cause);
  }
}
