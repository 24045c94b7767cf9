package org.malleposte.sieve;

/** Counts what a run costs, so that no script can hang a delivery. */
final class Effort {
  private long left = SieveLimits.EFFORT_MAX;

  void spend(long characters) throws ScriptFailedException {
    left -= characters;
    if (left < 0) {
      throw new ScriptFailedException("the script takes too long");
    }
  }
}
