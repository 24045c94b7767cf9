package org.malleposte.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answer to EHLO: what this session can do now. */
final class EhloReply {
  private EhloReply() {}

  static SmtpReply of(
      SmtpSettings settings, boolean mayStartTls, boolean mayFlush, List<String> logins) {
    var lines = new ArrayList<String>();
    lines.add(settings.name().toString());
    lines.add("PIPELINING"); // RFC 2920
    lines.add("SIZE " + settings.limits().sizes().messageBytes()); // RFC 1870
    lines.add("8BITMIME"); // RFC 6152
    lines.add("ENHANCEDSTATUSCODES"); // RFC 2034
    lines.add("CHUNKING"); // RFC 3030
    lines.add("BINARYMIME");
    if (settings.privacy().receipts()) {
      lines.add("DSN"); // RFC 3461
    }
    lines.add("SMTPUTF8"); // RFC 6531
    lines.add("LIMITS RCPTMAX=" + settings.limits().counts().recipients()); // RFC 9422
    if (mayFlush) {
      lines.add("ETRN"); // RFC 1985
    }
    if (mayStartTls) {
      lines.add("STARTTLS"); // RFC 3207
    }
    if (!logins.isEmpty()) {
      lines.add("AUTH " + String.join(" ", logins)); // RFC 4954
    }
    lines.add("HELP");
    return new SmtpReply(250, Optional.empty(), lines);
  }
}
