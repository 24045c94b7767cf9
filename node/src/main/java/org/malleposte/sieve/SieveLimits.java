package org.malleposte.sieve;

import java.time.Duration;

/**
 * What a user's script may cost. Beyond a limit of the text a script is refused when it is put;
 * beyond one of a run the run fails, and the mail is kept.
 */
public final class SieveLimits {
  /** Bytes of one script: what a property of an account may have. */
  public static final int SCRIPT_MAX_BYTES = 64 * 1024;

  /** Scripts of one account. */
  public static final int SCRIPTS_MAX = 50;

  /** Characters of a script's name (RFC 5804 §1.6 asks for 128). */
  public static final int NAME_MAX_CHARACTERS = 128;

  /** Blocks, tests and test lists within each other. */
  public static final int NESTING_MAX = 32;

  /** Scripts that include each other, in depth, and in one run (RFC 6609 §3.1). */
  public static final int INCLUDE_DEPTH_MAX = 10;

  public static final int INCLUDES_MAX = 100;

  /** Errors that are told of one script. */
  public static final int PROBLEMS_MAX = 20;

  /** UTF-8 bytes of a variable; more is cut (RFC 5229 §6 asks for 4,000). */
  public static final int VARIABLE_MAX_BYTES = 4000;

  /** Variables of one script (RFC 5229 §6 asks for 128). */
  public static final int VARIABLES_MAX = 256;

  /** Characters of a variable's name. */
  public static final int VARIABLE_NAME_MAX_CHARACTERS = 64;

  /** Wildcards whose matches can be used (RFC 5229 §3.2 asks for 9). */
  public static final int MATCH_VARIABLES_MAX = 9;

  /** Addresses that one mail may be redirected to. */
  public static final int REDIRECTS_MAX = 4;

  /** Actions of one mail. */
  public static final int ACTIONS_MAX = 32;

  /** Fields that may be added to one mail, and their bytes. */
  public static final int HEADERS_ADDED_MAX = 64;

  public static final int HEADERS_ADDED_MAX_BYTES = 64 * 1024;

  /** Flags of one variable or action. */
  public static final int FLAGS_MAX = 64;

  /** Characters that are compared or made in one run: about a second of work. */
  public static final long EFFORT_MAX = 50_000_000;

  /** Decoded characters of a body that {@code body} looks at; what follows is not seen. */
  public static final int BODY_MAX_CHARACTERS = 1024 * 1024;

  /** Characters of a vacation's reason, and of a reject's. */
  public static final int REASON_MAX_CHARACTERS = 16 * 1024;

  /** RFC 5230 §4.1. */
  public static final Duration VACATION_DEFAULT = Duration.ofDays(7);

  public static final Duration VACATION_MAX = Duration.ofDays(60);

  /** RFC 7352 §3.3. */
  public static final Duration DUPLICATE_DEFAULT = Duration.ofDays(7);

  public static final Duration DUPLICATE_MAX = Duration.ofDays(60);

  private SieveLimits() {}
}
