package org.malleposte.dovecot;

/**
 * Where something stands.
 *
 * @param line from 1
 */
public record DovecotPlace(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
