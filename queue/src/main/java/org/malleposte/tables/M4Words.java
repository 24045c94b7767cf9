package org.malleposte.tables;

import java.util.Set;

/** The macros of sendmail's library that a {@code sendmail.mc} may call. */
final class M4Words {
  private static final Set<String> SECTIONS =
      Set.of(
          "LOCAL_CONFIG",
          "LOCAL_RULE_0",
          "LOCAL_RULE_1",
          "LOCAL_RULE_2",
          "LOCAL_RULE_3",
          "LOCAL_RULESETS",
          "LOCAL_NET_CONFIG",
          "LOCAL_SRV_FEATURES",
          "LOCAL_TRY_TLS",
          "LOCAL_TLS_RCPT",
          "LOCAL_TLS_CLIENT",
          "LOCAL_TLS_SERVER",
          "MAILER_DEFINITIONS");

  private M4Words() {}

  /** Begins a part of the file that is copied into {@code sendmail.cf} as it is. */
  static boolean isSection(String word) {
    return SECTIONS.contains(word);
  }

  /** All macros of the library are in capitals, but for the two that include files. */
  static boolean isLibrary(String word) {
    return word.equals("include")
        || word.equals("sinclude")
        || word.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9');
  }
}
