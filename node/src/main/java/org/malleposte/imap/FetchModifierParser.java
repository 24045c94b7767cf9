package org.malleposte.imap;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code (CHANGEDSINCE n VANISHED)} (RFC 7162 §3.1.4.1, §3.2.6; PARTIAL: RFC 9394 §3.3). */
final class FetchModifierParser {
  private static final int MODIFIERS_MAX = 4;

  private final CommandCursor cursor;
  private OptionalLong changedSince = OptionalLong.empty();
  private boolean vanished;
  private Optional<PartialRange> partial = Optional.empty();

  FetchModifierParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  ImapCommand.Fetch parse(Numbering numbering, SequenceSet set, List<FetchItem> items)
      throws ImapSyntaxException {
    cursor.list(MODIFIERS_MAX, this::modifier);
    if (vanished && (changedSince.isEmpty() || numbering != Numbering.UID)) {
      throw new ImapSyntaxException("VANISHED needs UID FETCH and CHANGEDSINCE");
    }
    return new ImapCommand.Fetch(numbering, set, items, changedSince, vanished, partial);
  }

  private String modifier() throws ImapSyntaxException {
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    switch (name) {
      case "CHANGEDSINCE" -> {
        cursor.space();
        changedSince = OptionalLong.of(cursor.bigNumber());
      }
      case "VANISHED" -> vanished = true;
      case "PARTIAL" -> {
        cursor.space();
        partial = Optional.of(PartialRange.parse(cursor));
      }
      default -> throw new ImapSyntaxException("Unknown modifier");
    }
    return name;
  }
}
