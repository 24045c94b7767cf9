package org.malleposte.config;

/** One number of a quota rule, in bytes or messages. */
public sealed interface QuotaLimit {
  /** The rule does not say. */
  record Unsaid() implements QuotaLimit {}

  record Unlimited() implements QuotaLimit {}

  record Exactly(long amount) implements QuotaLimit {}

  /**
   * @param amount more than the default rule has; may be negative
   */
  record MoreBy(long amount) implements QuotaLimit {}

  /** Of the default rule. */
  record Percent(int percent) implements QuotaLimit {}

  /** What it is, where the default rule has {@code base}; 0 stands for unlimited. */
  default long over(long base) {
    return switch (this) {
      case Unsaid() -> base;
      case Unlimited() -> 0;
      case Exactly(long amount) -> amount;
      case MoreBy(long amount) -> base == 0 ? 0 : Math.max(1, base + amount);
      case Percent(int percent) -> base == 0 ? 0 : Math.max(1, base / 100 * percent);
    };
  }
}
