package org.malleposte.sieve;

import java.io.IOException;
import java.io.InputStream;
import org.malleposte.blob.MessageBody;
import org.malleposte.mime.HeaderBlock;

/**
 * A mail as scripts see it.
 *
 * @param body stays its owner's
 */
public record MailView(HeaderBlock header, MessageBody body) {
  /** Reads the header. Blocks on the disk. */
  public static MailView of(MessageBody body) throws IOException {
    try (var in = body.open()) {
      return new MailView(HeaderBlock.read(in), body);
    }
  }

  long sizeBytes() {
    return body.sizeBytes();
  }

  long headerBytes() {
    return header.sizeBytes();
  }

  InputStream open() throws IOException {
    return body.open();
  }
}
