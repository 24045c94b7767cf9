package org.malleposte.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dovecot's {@code quota_rule}: {@code *:storage=1G:messages=10000}, {@code Trash:storage=+10%},
 * {@code Spam:ignore}. A number without a unit is kilobytes for {@code storage}, bytes for {@code
 * bytes}.
 *
 * @param mailbox {@code *} for the default rule; {@code ?} counts only where a user has none of his
 *     own
 * @param isIgnored what is in the mailbox does not count
 */
public record QuotaRule(
    String mailbox, QuotaLimit storage, QuotaLimit messages, boolean isIgnored) {
  private static final Pattern AMOUNT = Pattern.compile("([+-]?)([0-9]{1,15})(%|[bkmgtBKMGT]?)");

  /** Whether it is for all mailboxes together. */
  public boolean isDefault() {
    return mailbox.equals("*") || mailbox.equals("?");
  }

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  public static QuotaRule parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "' is no quota rule");
    }
    QuotaLimit storage = new QuotaLimit.Unsaid();
    QuotaLimit messages = new QuotaLimit.Unsaid();
    boolean ignored = false;
    for (String part : text.substring(colon + 1).split(":")) {
      String[] pair = part.strip().split("=", 2);
      String value = pair.length == 2 ? pair[1].strip() : "";
      switch (pair[0].toLowerCase(Locale.ROOT)) {
        case "storage" -> storage = limit(value, 1024);
        case "bytes" -> storage = limit(value, 1);
        case "messages" -> messages = limit(value, 1);
        case "ignore" -> ignored = true;
        default -> throw new IllegalArgumentException("'" + part + "' is no limit of a quota rule");
      }
    }
    return new QuotaRule(text.substring(0, colon), storage, messages, ignored);
  }

  /** Both for one mailbox: what this one does not say is as the other has it. */
  QuotaRule over(QuotaRule other) {
    return new QuotaRule(
        mailbox,
        storage instanceof QuotaLimit.Unsaid ? other.storage : storage,
        messages instanceof QuotaLimit.Unsaid ? other.messages : messages,
        isIgnored || other.isIgnored);
  }

  /**
   * @param unit of a number without one
   */
  static QuotaLimit limit(String text, long unit) {
    Matcher m = AMOUNT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no amount");
    }
    long number = Long.parseLong(m.group(2));
    boolean relative = !m.group(1).isEmpty();
    int sign = m.group(1).equals("-") ? -1 : 1;
    if (m.group(3).equals("%")) {
      // +10% is ten percent of the default rule more.
      return new QuotaLimit.Percent(
          Math.toIntExact(Math.min(1_000_000, relative ? 100 + sign * number : number)));
    }
    long amount = Math.multiplyExact(number, unit(m.group(3), unit));
    if (relative) {
      return new QuotaLimit.MoreBy(sign * amount);
    }
    return amount == 0 ? new QuotaLimit.Unlimited() : new QuotaLimit.Exactly(amount);
  }

  private static long unit(String letter, long without) {
    return switch (letter.toLowerCase(Locale.ROOT)) {
      case "b" -> 1;
      case "k" -> 1L << 10;
      case "m" -> 1L << 20;
      case "g" -> 1L << 30;
      case "t" -> 1L << 40;
      default -> without;
    };
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return mailbox
        + show("bytes", storage)
        + show("messages", messages)
        + (isIgnored ? ":ignore" : "");
  }

  private static String show(String what, QuotaLimit limit) {
    return switch (limit) {
      case QuotaLimit.Unsaid() -> "";
      case QuotaLimit.Unlimited() -> ":" + what + "=0";
      case QuotaLimit.Exactly(long amount) -> ":" + what + "=" + amount;
      case QuotaLimit.MoreBy(long amount) -> ":" + what + "=" + (amount < 0 ? "" : "+") + amount;
      case QuotaLimit.Percent(int percent) -> ":" + what + "=" + percent + "%";
    };
  }
}
