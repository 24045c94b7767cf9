package org.malleposte.config;

import java.util.List;
import java.util.Optional;

/** RFC 6154 §2, RFC 8457 §2. */
final class SpecialUses {
  static final List<String> ALL =
      List.of(
          "\\All",
          "\\Archive",
          "\\Drafts",
          "\\Flagged",
          "\\Important",
          "\\Junk",
          "\\Sent",
          "\\Trash");

  private SpecialUses() {}

  /** By its name in any case. */
  static Optional<String> of(String text) {
    return ALL.stream().filter(use -> use.equalsIgnoreCase(text)).findFirst();
  }
}
