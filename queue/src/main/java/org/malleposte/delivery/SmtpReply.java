package org.malleposte.delivery;

import java.util.List;
import java.util.regex.Pattern;
import org.malleposte.mail.EnhancedStatus;

/**
 * What another server said.
 *
 * @param code 200 to 599
 * @param lines without codes and hyphens; at least one
 */
record SmtpReply(int code, List<String> lines) {
  private static final Pattern STATUS = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?: |$).*");

  SmtpReply {
    lines = List.copyOf(lines);
  }

  /** It is done: {@code 354}, which asks for more, is not that. */
  boolean isPositive() {
    return code / 100 == 2;
  }

  boolean isPermanent() {
    return code >= 500;
  }

  /** Its own enhanced code (RFC 2034), or a general one of its class. */
  EnhancedStatus status() {
    var matcher = STATUS.matcher(lines.getFirst());
    if (matcher.matches() && matcher.group(1).charAt(0) == Character.forDigit(code / 100, 10)) {
      return EnhancedStatus.parse(matcher.group(1));
    }
    return new EnhancedStatus(isPositive() ? 2 : isPermanent() ? 5 : 4, 0, 0);
  }

  @Override
  public String toString() {
    return code + " " + String.join(" ", lines);
  }
}
