package org.malleposte.config;

/**
 * What must be in no log.
 *
 * @param text as it is
 */
public record Secret(String text) {
  @Override
  public String toString() {
    return "(hidden)";
  }
}
