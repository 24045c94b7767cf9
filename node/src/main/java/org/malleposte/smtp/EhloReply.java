package org.malleposte.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answer to EHLO: what this session can do now. */
final class EhloReply {
  private EhloReply() {}

  static SmtpReply of(SmtpSettings settings, boolean mayStartTls, List<String> logins) {
    var lines = new ArrayList<String>();
    lines.add(settings.name().toString());
    lines.add("PIPELINING"); // RFC 2920
    lines.add("SIZE " + settings.limits().sizes().messageBytes()); // RFC 1870
    lines.add("8BITMIME"); // RFC 6152
    lines.add("ENHANCEDSTATUSCODES"); // RFC 2034
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
