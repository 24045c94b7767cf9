package org.malleposte.smtp;

import org.malleposte.smtp.SmtpLimits.Times;

/**
 * When a connection last got on, against {@link Times}. All times are milliseconds of a clock that
 * never steps.
 */
final class Progress {
  private final Times limits;
  private long lastMove;
  private long lastReply;
  private long lineBegan;
  private boolean inLine;
  private long windowBegan;
  private long windowBytes;

  Progress(Times limits, long now) {
    this.limits = limits;
    lastMove = now;
    lastReply = now;
  }

  void onBytes(long now, int count) {
    lastMove = now;
    windowBytes += count;
  }

  /** Our reply counts as a move: the client's time to answer begins with it. */
  void onReply(long now) {
    lastMove = now;
    lastReply = now;
  }

  /**
   * @param partial whether a line has begun and not ended
   */
  void onLine(boolean partial) {
    if (partial && !inLine) {
      lineBegan = lastMove;
    }
    inLine = partial;
  }

  void onBodyBegins(long now) {
    windowBegan = now;
    windowBytes = 0;
  }

  boolean isIdle(long now) {
    return now - lastMove > limits.command().toMillis();
  }

  boolean isLineTooSlow(long now) {
    return now - lineBegan > limits.commandLine().toMillis();
  }

  boolean isDeaf(long now) {
    return now - lastReply > limits.replyWindow().toMillis();
  }

  /**
   * @param reading false while it is we who make the client wait
   */
  boolean isBodyTooSlow(long now, boolean reading) {
    if (reading && now - windowBegan <= limits.bodyWindow().toMillis()) {
      return false;
    }
    boolean tooSlow = reading && windowBytes < limits.bodyWindowBytes();
    windowBegan = now;
    windowBytes = 0;
    return tooSlow;
  }
}
