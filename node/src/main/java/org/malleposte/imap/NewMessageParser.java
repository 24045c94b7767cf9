package org.malleposte.imap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code [(flags)] ["date"] {message}}, once or more (RFC 3501 §9, RFC 3502 §6.3.11). */
final class NewMessageParser {
  private final CommandCursor cursor;

  NewMessageParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  List<NewMessage> all() throws ImapSyntaxException {
    var messages = new ArrayList<NewMessage>();
    cursor.space();
    do {
      messages.add(one());
    } while (!cursor.atEnd() && cursor.take(' ') && !cursor.atEnd());
    return messages;
  }

  NewMessage one() throws ImapSyntaxException {
    List<String> flags = List.of();
    if (cursor.peek() == '(') {
      flags = cursor.list(ImapLimits.KEYWORDS_MAX, cursor::flag);
      cursor.space();
    }
    Optional<Instant> date = Optional.empty();
    if (cursor.peek() == '"') {
      date = ImapDates.moment(cursor.string());
      if (date.isEmpty()) {
        throw new ImapSyntaxException("Invalid date");
      }
      cursor.space();
    }
    return new NewMessage(flags, date, cursor.upload());
  }
}
