package org.malleposte.imap;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.malleposte.mailbox.Flags;

/** Flags that a client wants to set. */
final class FlagArguments {
  private FlagArguments() {}

  /** Empty when one is a system flag that does not exist or cannot be set. */
  static Optional<Flags> parse(List<String> written) {
    var flags = new Flags(new HashSet<>(written));
    var system = List.of(Flags.SEEN, Flags.ANSWERED, Flags.FLAGGED, Flags.DELETED, Flags.DRAFT);
    boolean valid =
        flags.names().stream().allMatch(name -> !name.startsWith("\\") || system.contains(name));
    return valid ? Optional.of(flags) : Optional.empty();
  }

  static boolean tooMany(Flags flags) {
    long keywords = flags.names().stream().filter(name -> !name.startsWith("\\")).count();
    return keywords > Flags.MAX_KEYWORDS;
  }
}
