package org.malleposte.tables;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The right-hand side of a line of {@code access}. */
public sealed interface AccessAction {
  /** Accept, even if a rule for a larger domain refuses; gives no right to relay. */
  record Ok() implements AccessAction {}

  /** Accept mail for or from here, and relay. */
  record Relay() implements AccessAction {}

  /** Refuse with the rule's own text. */
  record Reject() implements AccessAction {}

  /** Answer 250 and throw the mail away. */
  record Discard() implements AccessAction {}

  /** End this search as if nothing had been found. */
  record Skip() implements AccessAction {}

  /** Accept, and hold the mail in the queue. */
  record Quarantine(String reason) implements AccessAction {}

  /** Refuse with this reply. */
  record Refuse(ReplyText reply) implements AccessAction {}

  /** {@code Spam:} alone: this recipient wants no sender and client checks. */
  record Friend() implements AccessAction {}

  /** {@code Spam:} alone: this recipient wants sender and client checks. */
  record Hater() implements AccessAction {}

  Pattern ERROR = Pattern.compile("ERROR:(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  Pattern QUARANTINE =
      Pattern.compile("QUARANTINE:(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  Pattern WITH_STATUS = Pattern.compile("([0-9]+\\.[0-9]+\\.[0-9]+)\\s*:(.+)", Pattern.DOTALL);

  /** Never fails: what is no keyword is the text of a refusal, as sendmail has it. */
  static AccessAction parse(String value) {
    return switch (value.toUpperCase(Locale.ROOT)) {
      case "OK" -> new Ok();
      case "RELAY" -> new Relay();
      case "REJECT" -> new Reject();
      case "DISCARD" -> new Discard();
      case "SKIP" -> new Skip();
      case "FRIEND" -> new Friend();
      case "HATER" -> new Hater();
      default -> parseLong(value);
    };
  }

  private static AccessAction parseLong(String value) {
    Matcher quarantine = QUARANTINE.matcher(value);
    if (quarantine.matches()) {
      return new Quarantine(quarantine.group(1).strip());
    }
    Matcher error = ERROR.matcher(value);
    String text = error.matches() ? error.group(1).strip() : value;
    Matcher withStatus = WITH_STATUS.matcher(text);
    return withStatus.matches() && error.matches()
        ? new Refuse(
            ReplyText.ofErrorMailer(ReplyText.status(withStatus.group(1)), withStatus.group(2)))
        : new Refuse(ReplyText.ofErrorMailer(Optional.empty(), text));
  }
}
