package org.malleposte.mailbox;

/**
 * How much an account may hold when something is added to one of its mailboxes.
 *
 * @param maxBytes of all messages; 0: no limit
 * @param maxMessages 0: no limit
 */
public record Quota(long maxBytes, long maxMessages) {
  public static final Quota NONE = new Quota(0, 0);

  public Quota {
    if (maxBytes < 0 || maxMessages < 0) {
      throw new IllegalArgumentException("a quota is no less than nothing");
    }
  }

  public boolean isLimited() {
    return maxBytes > 0 || maxMessages > 0;
  }

  /** Whether an account may come to hold so much. */
  public boolean permits(long bytes, long messages) {
    return (maxBytes == 0 || bytes <= maxBytes) && (maxMessages == 0 || messages <= maxMessages);
  }
}
