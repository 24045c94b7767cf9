package org.malleposte.imap;

/**
 * How far a command is (RFC 9585 §4.1).
 *
 * @param total messages; at least 1
 */
record Progress(long done, long total) {
  Progress {
    if (done < 0 || total < 1) {
      throw new IllegalArgumentException("no progress: " + done + " of " + total);
    }
    done = Math.min(done, total);
  }
}
