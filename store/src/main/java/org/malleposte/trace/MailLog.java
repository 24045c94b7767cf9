package org.malleposte.trace;

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
        log.info(MailLine.of(event));
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
}
