package org.malleposte.filter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.malleposte.blob.MessageBody;
import org.malleposte.sieve.EditedHeader;

/** Mails with another beginning; the rest stays where it is. */
final class Bodies {
  private Bodies() {}

  /** Fields in front of a mail. */
  static MessageBody behind(String fields, MessageBody body) {
    return behind(fields.getBytes(StandardCharsets.UTF_8), body, 0);
  }

  /** A mail with the header that a script has made. */
  static MessageBody with(Optional<EditedHeader> header, MessageBody body) {
    return header.isEmpty()
        ? body
        : behind(header.get().bytes(), body, header.get().replacedBytes());
  }

  private static MessageBody behind(byte[] front, MessageBody body, long skipped) {
    if (body instanceof MessageBody.InMemory(var bytes)) {
      int from = (int) skipped;
      byte[] whole = new byte[front.length + bytes.length - from];
      System.arraycopy(front, 0, whole, 0, front.length);
      System.arraycopy(bytes, from, whole, front.length, bytes.length - from);
      return new MessageBody.InMemory(whole);
    }
    return new MessageBody.Stored(
        () -> new SequenceInputStream(new ByteArrayInputStream(front), rest(body, skipped)),
        front.length + body.sizeBytes() - skipped);
  }

  private static InputStream rest(MessageBody body, long skipped) throws IOException {
    var in = body.open();
    in.skipNBytes(skipped);
    return in;
  }
}
