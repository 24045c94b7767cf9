package org.malleposte.imap;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A message as APPEND and REPLACE bring it (RFC 3501 §6.3.11). */
record NewMessage(List<String> flags, Optional<Instant> date, Upload message) {
  NewMessage {
    flags = List.copyOf(flags);
  }
}
