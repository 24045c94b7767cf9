package org.malleposte.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.routing.Target;

/**
 * Whether a mail can only go to a host with SMTPUTF8 (RFC 6531 §3.2). A client that says SMTPUTF8
 * mostly sends mail that any host can take; such mail must not bounce.
 */
final class Utf8Need {
  private static final int BUFFER_BYTES = 8 << 10;

  private Utf8Need() {}

  /** Blocks on disk. */
  static boolean of(Envelope envelope, List<Target.Remote> targets, MessageBody body)
      throws IOException {
    return envelope.smtpUtf8()
        && (envelope.from().address().map(Utf8Need::isUtf8).orElse(false)
            || targets.stream().anyMatch(target -> isUtf8(target.address()))
            || hasUtf8Header(body));
  }

  private static boolean isUtf8(EmailAddress address) {
    return address.localPart().chars().anyMatch(c -> c > 0x7f);
  }

  private static boolean hasUtf8Header(MessageBody body) throws IOException {
    try (InputStream in = body.open()) {
      byte[] buffer = new byte[BUFFER_BYTES];
      int before = '\n';
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          int b = buffer[i];
          if (b < 0) {
            return true;
          }
          if (b == '\n' && before == '\n') {
            return false; // the empty line
          }
          before = b == '\r' ? before : b;
        }
      }
      return false;
    }
  }
}
