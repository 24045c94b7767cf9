package org.malleposte.imap;

import java.util.ArrayList;
import org.malleposte.imap.SequenceSet.Range;

/** {@code 1:3,5,7:*} (RFC 3501 §9), {@code $} (RFC 5182). */
final class SequenceSetParser {
  private SequenceSetParser() {}

  static SequenceSet parse(CommandCursor cursor) throws ImapSyntaxException {
    if (cursor.take('$')) {
      return SequenceSet.SAVED;
    }
    var ranges = new ArrayList<Range>();
    do {
      if (ranges.size() == ImapLimits.RANGES_MAX) {
        throw new ImapSyntaxException("Too many ranges in a sequence set");
      }
      long from = number(cursor);
      ranges.add(new Range(from, cursor.take(':') ? number(cursor) : from));
    } while (cursor.take(','));
    return new SequenceSet(ranges);
  }

  private static long number(CommandCursor cursor) throws ImapSyntaxException {
    if (cursor.take('*')) {
      return SequenceSet.STAR;
    }
    long number = cursor.number();
    if (number == 0) {
      throw new ImapSyntaxException("Zero in a sequence set");
    }
    return number;
  }
}
