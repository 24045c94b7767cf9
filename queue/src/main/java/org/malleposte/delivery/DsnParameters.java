package org.malleposte.delivery;

import java.util.ArrayList;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.DsnRequest.Notify;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Xtext;

/** What the sender wants to hear, handed on to a host that does it (RFC 3461 §4). */
final class DsnParameters {
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
   *
   * @param utf8 whether the host takes UTF-8 in this mail; else what is not ASCII is left out
   */
  static String ofRecipient(EmailAddress original, DsnRequest dsn, boolean utf8) {
    var said = dsn.of(original);
    String notify = said.wishes().map(n -> " NOTIFY=" + words(n)).orElse("");
    String shown = original.toString();
    String address =
        said.original()
            .map(text -> utf8 || isAscii(text) ? text : "")
            .orElseGet(() -> isAscii(shown) ? "rfc822;" + Xtext.encode(shown) : "");
    return notify + (address.isEmpty() ? "" : " ORCPT=" + address);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
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
}
