package org.malleposte.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The queue as sendmail's {@code mailq} prints it. */
final class QueueText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm", Locale.ROOT);
  private static final String INDENT = " ".repeat(46);

  private QueueText() {}

  static String of(JsonFields listing, ZoneId zone) {
    long total = listing.number("total");
    if (total == 0) {
      return "The queue is empty\n\t\tTotal requests: 0\n";
    }
    var text = new StringBuilder();
    text.append("\t\tThe queue (")
        .append(total)
        .append(total == 1 ? " request)\n" : " requests)\n");
    text.append("----------Q-ID------------  --Size-- ----Q-Time------ -Sender/Recipient-\n");
    for (JsonFields entry : listing.objects("entries")) {
      entry(text, entry, zone);
    }
    long more = total - listing.objects("entries").size();
    if (more > 0) {
      text.append("\t\t... and ").append(more).append(" more, see --limit\n");
    }
    return text.append("\t\tTotal requests: ").append(total).append('\n').toString();
  }

  private static void entry(StringBuilder text, JsonFields entry, ZoneId zone) {
    text.append(
        "%s%s %8s %s <%s>\n"
            .formatted(
                entry.text("id"),
                entry.is("held") ? "H" : " ",
                entry.text("size"),
                TIME.format(Instant.parse(entry.text("accepted")).atZone(zone)),
                entry.text("from")));
    for (JsonFields recipient : entry.objects("recipients")) {
      if (recipient.text("state").equals("delivered")) {
        continue; // sendmail no longer lists those either.
      }
      if (!recipient.text("detail").isEmpty()) {
        text.append("                 (Deferred: ").append(recipient.text("detail")).append(")\n");
      }
      text.append(INDENT).append('<').append(recipient.text("to")).append(">\n");
    }
  }
}
