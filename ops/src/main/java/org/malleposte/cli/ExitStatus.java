package org.malleposte.cli;

/** Exit statuses, those of {@code sysexits.h} where it has one. */
public final class ExitStatus {
  public static final int OK = 0;

  /** The answer is no: mistakes were found, there is no such entry. */
  public static final int NO = 1;

  /** A command that this version does not have. */
  public static final int NOT_YET = 2;

  /** {@code EX_USAGE}: the command line is wrong. */
  public static final int USAGE = 64;

  /** {@code EX_UNAVAILABLE}: no node answers. */
  public static final int UNAVAILABLE = 69;

  /** {@code EX_SOFTWARE}: a bug of ours. */
  public static final int BUG = 70;

  /** {@code EX_TEMPFAIL}: not now. */
  public static final int LATER = 75;

  /** {@code EX_NOPERM}: the token is missing or wrong. */
  public static final int NO_PERMISSION = 77;

  /** {@code EX_CONFIG}: a node cannot run with this configuration. */
  public static final int CONFIG = 78;

  private ExitStatus() {}
}
