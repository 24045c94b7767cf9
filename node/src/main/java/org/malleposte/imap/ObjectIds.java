package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.Message;

/**
 * Names that outlive a rename and a copy (RFC 8474). Of letters, digits, {@code _} and {@code -};
 * the first letter says of what.
 */
final class ObjectIds {
  private ObjectIds() {}

  /** UIDVALIDITY tells it from one of an account that had the same name earlier. */
  static String mailbox(MailboxInfo info) {
    return "F" + info.id() + "-" + info.uidValidity();
  }

  /** Copies have the same, because they share the body. */
  static String email(Message message) {
    String blob = message.blob();
    boolean legal = blob.chars().allMatch(ObjectIds::isLegal);
    return legal
        ? "M" + blob
        : "X" + HexFormat.of().formatHex(blob.getBytes(StandardCharsets.UTF_8));
  }

  static boolean isLegal(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '_';
  }
}
