package org.malleposte.tables;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The right-hand side of a line of {@code virtusertable}. */
public sealed interface VirtUserTarget {
  /** Goes on with this address. */
  record Address(AddressText address) implements VirtUserTarget {}

  /** {@code error:...}. */
  record Refuse(ReplyText reply) implements VirtUserTarget {}

  /** Several words, which no user is called; sendmail answers 550 5.1.1. */
  record Nobody(String words) implements VirtUserTarget {}

  /** What cannot be an address; sendmail answers 553 5.1.3. */
  record Mistake(String why) implements VirtUserTarget {}

  Pattern STATUS =
      Pattern.compile("error:\\s*([0-9]+\\.[0-9]+\\.[0-9]+)\\s*:(.+)", Pattern.CASE_INSENSITIVE);
  Pattern KEYWORD = Pattern.compile("error:\\s*(\\w+)(.*)", Pattern.CASE_INSENSITIVE);

  static boolean isError(String value) {
    return value.regionMatches(true, 0, "error:", 0, 6);
  }

  /** Never fails. */
  static VirtUserTarget parse(String value) {
    if (isError(value)) {
      return error(value);
    }
    try {
      return new Address(AddressText.parse(value));
    } catch (IllegalArgumentException e) {
      return value.matches("[\\w.+-]+(\\s+[\\w.+-]+)+")
          ? new Nobody(value)
          : new Mistake(e.getMessage());
    }
  }

  private static VirtUserTarget error(String value) {
    Matcher status = STATUS.matcher(value);
    if (status.matches()) {
      return new Refuse(
          ReplyText.ofErrorMailer(ReplyText.status(status.group(1)), status.group(2)));
    }
    // sendmail takes the keyword (nouser, tempfail) for its exit code only: the text decides.
    Matcher keyword = KEYWORD.matcher(value);
    return keyword.matches()
        ? new Refuse(ReplyText.ofErrorMailer(Optional.empty(), keyword.group(2)))
        : new Mistake("not understood: " + value);
  }
}
