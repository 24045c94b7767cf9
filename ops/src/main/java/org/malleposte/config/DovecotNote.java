package org.malleposte.config;

import org.malleposte.dovecot.DovecotPlace;

/**
 * What became of one line of {@code dovecot.conf}, for {@code check}.
 *
 * @param isTaken whether it has an effect
 */
public record DovecotNote(DovecotPlace place, String text, boolean isTaken, String what) {
  /** {@code file:line: setting: what became of it}. */
  @Override
  public String toString() {
    return place + ": " + text + ": " + what;
  }
}
