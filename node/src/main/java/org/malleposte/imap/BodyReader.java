package org.malleposte.imap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;

/**
 * The bytes of one message, from any offset. A small message is read once and kept; of a large one
 * only the place is kept. Blocks on disk.
 */
final class BodyReader implements AutoCloseable {
  private final MailboxStore store;
  private final AccountName account;
  private final Message message;
  private byte[] small;
  private InputStream open;
  private long position;

  private BodyReader(MailboxStore store, AccountName account, Message message) {
    this.store = store;
    this.account = account;
    this.message = message;
  }

  /**
   * @throws IOException when the message is gone
   */
  static BodyReader open(MailboxStore store, AccountName account, Message message)
      throws IOException {
    var reader = new BodyReader(store, account, message);
    if (message.sizeBytes() <= MessageBody.INLINE_MAX_BYTES) {
      try (var in = store.openBody(account, message.blob())) {
        reader.small = in.readNBytes((int) message.sizeBytes());
      }
    } else {
      reader.open = store.openBody(account, message.blob());
    }
    return reader;
  }

  /** Bytes from {@code offset} on. Valid until the next call; this object closes it. */
  InputStream from(long offset) throws IOException {
    if (small != null) {
      int start = (int) Math.min(offset, small.length);
      return new ByteArrayInputStream(small, start, small.length - start);
    }
    if (open == null || position > offset) {
      close();
      open = store.openBody(account, message.blob());
      position = 0;
    }
    open.skipNBytes(offset - position);
    // Its user reads on without telling where it stops: the place is unknown from here on.
    position = Long.MAX_VALUE;
    return open;
  }

  @Override
  public void close() {
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } finally {
        open = null;
      }
    }
  }
}
