package org.malleposte.imap;

import java.util.Locale;
import java.util.Optional;

/**
 * The name of an annotation (RFC 5464 §3.2), in lower case.
 *
 * @param name such as {@code /private/comment}
 */
record MetadataEntry(String name) {
  /** Names are keys of the store. */
  private static final int MAX_CHARACTERS = 200;

  /** Empty when it is none. */
  static Optional<MetadataEntry> of(String written) {
    String name = written.toLowerCase(Locale.ROOT);
    boolean known = name.startsWith("/private/") || name.startsWith("/shared/");
    boolean legal =
        name.length() <= MAX_CHARACTERS
            && !name.contains("//")
            && !name.endsWith("/")
            && name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '*' && c != '%');
    return known && legal ? Optional.of(new MetadataEntry(name)) : Optional.empty();
  }

  boolean isShared() {
    return name.startsWith("/shared/");
  }

  /** Whether it is asked for when this one is, to such a depth. */
  boolean isWithin(MetadataEntry asked, ImapCommand.Depth depth) {
    if (name.equals(asked.name())) {
      return true;
    }
    if (!name.startsWith(asked.name() + "/")) {
      return false;
    }
    return switch (depth) {
      case ITSELF -> false;
      case ONE_BELOW -> name.indexOf('/', asked.name().length() + 1) < 0;
      case ALL_BELOW -> true;
    };
  }
}
