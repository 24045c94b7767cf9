package org.malleposte.imap;

import java.io.IOException;
import java.util.Optional;
import org.malleposte.mailbox.MailboxStore;

/**
 * Makes output in slices, so that neither the memory of a session nor the time on the lane depends
 * on how much there is. Used by one thread at a time.
 */
interface Output extends AutoCloseable {
  /**
   * Makes output until {@code sink} is full, all is made, or it has worked for long enough. Blocks.
   *
   * @return whether all is made
   * @throws IOException when what has been begun cannot be finished: the connection must end
   */
  boolean fill(MailboxStore store, ByteSink sink) throws IOException;

  /** How far it is; empty when its response has begun, which nothing may interrupt. */
  default Optional<Progress> progress() {
    return Optional.empty();
  }

  /** Frees what is open; also after a failure. */
  @Override
  void close();
}
