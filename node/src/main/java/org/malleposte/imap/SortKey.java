package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What SORT sorts by (RFC 5256 §3, RFC 5957 §3). */
record SortKey(Field field, Direction direction) {
  enum Field {
    ARRIVAL,
    CC,
    DATE,
    DISPLAYFROM,
    DISPLAYTO,
    FROM,
    SIZE,
    SUBJECT,
    TO
  }

  enum Direction {
    FORWARD,
    REVERSE
  }

  /** {@code (REVERSE DATE SUBJECT)}. */
  static List<SortKey> parse(CommandCursor cursor) throws ImapSyntaxException {
    var keys = new ArrayList<SortKey>();
    var direction = Direction.FORWARD;
    for (String word : cursor.list(ImapLimits.SORT_KEYS_MAX, cursor::atom)) {
      if (word.equalsIgnoreCase("REVERSE") && direction == Direction.FORWARD) {
        direction = Direction.REVERSE;
      } else {
        keys.add(new SortKey(field(word), direction));
        direction = Direction.FORWARD;
      }
    }
    if (keys.isEmpty() || direction == Direction.REVERSE) {
      throw new ImapSyntaxException("Nothing to sort by");
    }
    return keys;
  }

  private static Field field(String word) throws ImapSyntaxException {
    String wanted = word.toUpperCase(Locale.ROOT);
    for (var field : Field.values()) {
      if (field.name().equals(wanted)) {
        return field;
      }
    }
    throw new ImapSyntaxException("Unknown sort key");
  }
}
