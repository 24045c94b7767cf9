package org.malleposte.imap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.imap.ImapCommand.Depth;

/** GETMETADATA and SETMETADATA (RFC 5464 §5). */
final class MetadataParser {
  /** Entries in one command. */
  static final int ENTRIES_MAX = 100;

  private final CommandCursor cursor;
  private OptionalLong maxSize = OptionalLong.empty();
  private Depth depth = Depth.ITSELF;

  MetadataParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  /** Before the mailbox. */
  void options() throws ImapSyntaxException {
    if (cursor.takeWord(" (")) {
      do {
        option(cursor.atom().toUpperCase(Locale.ROOT));
      } while (cursor.take(' '));
      cursor.expect(')');
    }
  }

  private void option(String name) throws ImapSyntaxException {
    cursor.space();
    switch (name) {
      case "MAXSIZE" -> maxSize = OptionalLong.of(cursor.number());
      case "DEPTH" -> depth = depth(cursor.atom().toLowerCase(Locale.ROOT));
      default -> throw new ImapSyntaxException("Unknown GETMETADATA option");
    }
  }

  private static Depth depth(String word) throws ImapSyntaxException {
    return switch (word) {
      case "0" -> Depth.ITSELF;
      case "1" -> Depth.ONE_BELOW;
      case "infinity" -> Depth.ALL_BELOW;
      default -> throw new ImapSyntaxException("Unknown depth");
    };
  }

  ImapCommand.GetMetadata entries(String mailbox) throws ImapSyntaxException {
    cursor.space();
    List<MetadataEntry> entries = new ArrayList<>();
    if (cursor.peek() == '(') {
      entries = cursor.list(ENTRIES_MAX, this::entry);
    } else {
      entries.add(entry());
    }
    if (entries.isEmpty()) {
      throw new ImapSyntaxException("No entries");
    }
    return new ImapCommand.GetMetadata(mailbox, entries, maxSize, depth);
  }

  ImapCommand.SetMetadata values(String mailbox) throws ImapSyntaxException {
    cursor.space();
    Map<MetadataEntry, Optional<String>> values = new LinkedHashMap<>();
    cursor.list(
        ENTRIES_MAX,
        () -> {
          MetadataEntry entry = entry();
          cursor.space();
          boolean isValue = cursor.isString();
          String value = cursor.nstring();
          return values.put(entry, isValue ? Optional.of(value) : Optional.empty());
        });
    if (values.isEmpty()) {
      throw new ImapSyntaxException("No entries");
    }
    return new ImapCommand.SetMetadata(mailbox, values);
  }

  private MetadataEntry entry() throws ImapSyntaxException {
    return MetadataEntry.of(cursor.astring())
        .orElseThrow(() -> new ImapSyntaxException("Invalid entry name"));
  }
}
