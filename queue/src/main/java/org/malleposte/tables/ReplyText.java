package org.malleposte.tables;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.mail.EnhancedStatus;

/**
 * A refusal as a postmaster writes it in {@code access} or {@code virtusertable}.
 *
 * @param code 4yz or 5yz
 */
public record ReplyText(int code, EnhancedStatus status, String text) {
  private static final Pattern CODE = Pattern.compile("([45][0-9]{2}) (.*)", Pattern.DOTALL);
  private static final Pattern STATUS =
      Pattern.compile("([245]\\.[0-9]{1,3}\\.[0-9]{1,3}) (.*)", Pattern.DOTALL);
  private static final EnhancedStatus OTHER = new EnhancedStatus(5, 3, 0);

  public ReplyText {
    Objects.requireNonNull(status);
    Objects.requireNonNull(text);
    if (code < 400 || code > 599) {
      throw new IllegalArgumentException("not a refusal: " + code);
    }
  }

  /**
   * What sendmail's {@code error} mailer makes of a text: {@code [NNN [D.S.N]] words}. Without a
   * code the answer is 553 5.3.0, whatever the status beside it says.
   *
   * @param status the {@code D.S.N} that stands before the text, if any
   */
  public static ReplyText ofErrorMailer(Optional<EnhancedStatus> status, String written) {
    String text = unquote(written.strip());
    Matcher coded = CODE.matcher(text);
    if (!coded.matches()) {
      return new ReplyText(553, OTHER, text);
    }
    int code = Integer.parseInt(coded.group(1));
    Matcher inText = STATUS.matcher(coded.group(2));
    if (inText.matches()) {
      return new ReplyText(code, EnhancedStatus.parse(inText.group(1)), inText.group(2).strip());
    }
    EnhancedStatus plain = new EnhancedStatus(code / 100, 0, 0);
    return new ReplyText(code, status.orElse(plain), coded.group(2).strip());
  }

  /** Reads a status code; empty when it is none. */
  static Optional<EnhancedStatus> status(String text) {
    return text.matches("[245]\\.[0-9]{1,3}\\.[0-9]{1,3}")
        ? Optional.of(EnhancedStatus.parse(text))
        : Optional.empty();
  }

  private static String unquote(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1).strip()
        : text;
  }
}
