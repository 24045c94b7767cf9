package org.malleposte.trace;

import java.lang.reflect.RecordComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes {@link MailEvent}s. Thread-safe; never blocks for long. */
@FunctionalInterface
public interface MailLog {
  void on(MailEvent event);

  /** Writes {@code ID event=Accepted from=... recipients=1} to the logger {@code mail}. */
  static MailLog toLogger() {
    Logger log = LoggerFactory.getLogger("mail");
    return event -> {
      if (log.isInfoEnabled()) {
        log.info(format(event));
      }
    };
  }

  /** Both, in this order. */
  default MailLog and(MailLog next) {
    return event -> {
      on(event);
      next.on(event);
    };
  }

  private static String format(MailEvent event) {
    var line =
        new StringBuilder(event.id().value())
            .append(" event=")
            .append(event.getClass().getSimpleName());
    for (RecordComponent part : event.getClass().getRecordComponents()) {
      if (!part.getName().equals("id")) {
        line.append(' ').append(part.getName()).append('=').append(quote(valueOf(event, part)));
      }
    }
    return line.toString();
  }

  private static String valueOf(MailEvent event, RecordComponent part) {
    try {
      return String.valueOf(part.getAccessor().invoke(event));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // What a peer wrote must not be able to forge a line or a field.
  private static String quote(String value) {
    boolean plain =
        !value.isEmpty()
            && value.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '=');
    if (plain) {
      return value;
    }
    var quoted = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format("\\x%02x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
