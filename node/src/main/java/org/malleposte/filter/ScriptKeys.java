package org.malleposte.filter;

/** Keys of an account's properties. */
public final class ScriptKeys {
  /** The name of the active script. */
  public static final String ACTIVE = "sieve/active";

  /** And a name: the script's text. */
  public static final String SCRIPT = "sieve/script/";

  /** And a digest: until when the sender has had his answer, and by which mail. */
  static final String VACATION = "sieve/vacation/";

  /** And a digest: until when a mail is a duplicate, and of which. */
  static final String DUPLICATE = "sieve/duplicate/";

  private ScriptKeys() {}

  public static String script(String name) {
    return SCRIPT + name;
  }
}
