package org.malleposte.imap;

import java.util.Objects;
import org.malleposte.blob.MessageBody;

/** A message that a client has sent as a literal. Whoever holds it closes it. */
record Upload(MessageBody body) implements AutoCloseable {
  Upload {
    Objects.requireNonNull(body);
  }

  long sizeBytes() {
    return body.sizeBytes();
  }

  @Override
  public void close() {
    body.close();
  }
}
