package org.malleposte.delivery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.DsnRequest.Notify;
import org.malleposte.mail.EmailAddress;

/** What the sender wants to hear, handed on to a host that does it (RFC 3461 §4). */
final class DsnParameters {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private DsnParameters() {}

  /** Parameters of MAIL, each with a space before it. */
  static String ofMail(DsnRequest dsn) {
    String returned =
        switch (dsn.returned()) {
          case UNSAID -> "";
          case FULL -> " RET=FULL";
          case HEADERS -> " RET=HDRS";
        };
    return returned + dsn.envelopeId().map(id -> " ENVID=" + id).orElse("");
  }

  /**
   * Parameters of RCPT. The original recipient is added where the sender did not name it: the next
   * host may know the mail under another address only (RFC 3461 §5.2.1).
   */
  static String ofRecipient(EmailAddress original, DsnRequest dsn) {
    var said = dsn.of(original);
    String notify = said.wishes().map(n -> " NOTIFY=" + words(n)).orElse("");
    boolean ascii = original.toString().chars().allMatch(c -> c < 0x80);
    String address =
        said.original().orElseGet(() -> ascii ? "rfc822;" + xtext(original.toString()) : "");
    return notify + (address.isEmpty() ? "" : " ORCPT=" + address);
  }

  private static String words(Notify notify) {
    var words = new ArrayList<String>(3);
    if (notify.success()) {
      words.add("SUCCESS");
    }
    if (notify.failure()) {
      words.add("FAILURE");
    }
    if (notify.delay()) {
      words.add("DELAY");
    }
    return words.isEmpty() ? "NEVER" : String.join(",", words);
  }

  private static String xtext(String text) {
    var encoded = new StringBuilder(text.length() + 8);
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      if (b <= ' ' || b > '~' || b == '+' || b == '=') {
        encoded.append('+').append(HEX.toHexDigits(b));
      } else {
        encoded.append((char) b);
      }
    }
    return encoded.toString();
  }
}
