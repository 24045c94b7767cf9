package org.malleposte.delivery;

import java.io.IOException;
import java.util.Objects;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.ReversePath;

/** How a mail looks to other hosts. Thread-safe. */
@FunctionalInterface
public interface OutboundForm {
  /** As it came. */
  OutboundForm UNCHANGED = Outgoing::new;

  /**
   * A mail as it leaves.
   *
   * @param body is read from the one that came in, and lives no longer than that
   */
  record Outgoing(ReversePath from, MessageBody body) {
    public Outgoing {
      Objects.requireNonNull(from);
      Objects.requireNonNull(body);
    }
  }

  /** Reads the header; blocks on disk. */
  Outgoing of(ReversePath from, MessageBody body) throws IOException;
}
