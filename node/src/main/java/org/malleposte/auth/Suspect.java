package org.malleposte.auth;

/** What failed logins are counted under: where they come from, and whose password is guessed. */
public sealed interface Suspect {
  /**
   * @param network see {@link PeerNetwork}
   */
  record Address(String network) implements Suspect {}

  /**
   * @param name of the account, or what was given for one
   */
  record Account(String name) implements Suspect {}
}
