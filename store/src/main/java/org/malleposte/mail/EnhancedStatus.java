package org.malleposte.mail;

/** An enhanced mail system status code, {@code class.subject.detail} (RFC 3463 §2). */
public record EnhancedStatus(int statusClass, int subject, int detail) {
  public EnhancedStatus {
    if (statusClass != 2 && statusClass != 4 && statusClass != 5) {
      throw new IllegalArgumentException("class must be 2, 4 or 5: " + statusClass);
    }
    if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
      throw new IllegalArgumentException("subject and detail have at most three digits");
    }
  }

  /**
   * Reads {@code 5.1.1}.
   *
   * @throws IllegalArgumentException when it is no status code
   */
  public static EnhancedStatus parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not an enhanced status code: " + text);
    }
    return new EnhancedStatus(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  public boolean isPermanent() {
    return statusClass == 5;
  }

  @Override
  public String toString() {
    return statusClass + "." + subject + "." + detail;
  }
}
