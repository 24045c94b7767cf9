package org.malleposte.sieve;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.malleposte.mailbox.Flags;

/** Flags as scripts write them (RFC 5232 §2): in strings, several in one with spaces between. */
final class FlagWords {
  private static final int MAX_CHARACTERS = 128;

  private FlagWords() {}

  /** What cannot be a flag is left out, and so is {@code \Recent}. */
  static Set<String> of(Collection<String> strings) {
    var flags = new LinkedHashSet<String>();
    for (String string : strings) {
      for (String word : string.strip().split("\\s+")) {
        if (isFlag(word) && flags.size() < SieveLimits.FLAGS_MAX) {
          add(flags, word);
        }
      }
    }
    return flags;
  }

  static void add(Set<String> flags, String word) {
    if (flags.stream().noneMatch(word::equalsIgnoreCase)) {
      flags.add(word);
    }
  }

  static Flags flags(Collection<String> words) {
    return new Flags(Set.copyOf(words));
  }

  private static boolean isFlag(String word) {
    if (word.isEmpty() || word.length() > MAX_CHARACTERS) {
      return false;
    }
    return word.startsWith("\\")
        ? new Flags(Set.of(word)).names().stream().allMatch(Flags::isSystem)
        : word.chars().allMatch(c -> c > 0x20 && c < 0x7f && "(){%*\"\\]".indexOf(c) < 0);
  }
}
