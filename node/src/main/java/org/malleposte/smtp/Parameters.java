package org.malleposte.smtp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.malleposte.mail.DsnRequest.Notify;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.DsnRequest.Returned;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.Xtext;
import org.malleposte.smtp.SmtpCommand.Fault;

/**
 * The parameters behind a path: {@code KEY=value} words (RFC 5321 §4.1.2), each at most once. Pure.
 */
final class Parameters {
  /** A word that cannot be taken. */
  static final class BadParameter extends Exception {
    private static final long serialVersionUID = 1;

    private final Fault fault;

    BadParameter(Fault fault) {
      super(fault.name(), null, false, false);
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }
  }

  private static final int SIZE_MAX_DIGITS = 20; // RFC 1870 §5
  private static final int ENVID_MAX = 100; // RFC 3461 §4.4
  private static final int ORCPT_MAX = 500; // RFC 3461 §4.2
  private static final Set<String> OF_MAIL =
      Set.of("SIZE", "BODY", "AUTH", "SMTPUTF8", "RET", "ENVID");
  private static final Set<String> OF_RCPT = Set.of("NOTIFY", "ORCPT");

  private Parameters() {}

  static MailParameters ofMail(List<String> words) throws BadParameter {
    var values = values(words, OF_MAIL);
    // Whom the client trusts says nothing here (RFC 4954 §5): read, checked, and left unused.
    checked(values, "AUTH", Xtext::isXtext);
    return new MailParameters(
        size(values),
        body(values),
        bare(values, "SMTPUTF8"),
        returned(values),
        checked(values, "ENVID", id -> id.length() <= ENVID_MAX && Xtext.isXtext(id)));
  }

  static OfRecipient ofRcpt(List<String> words) throws BadParameter {
    var values = values(words, OF_RCPT);
    return new OfRecipient(
        notify(values), checked(values, "ORCPT", Parameters::isOriginalRecipient));
  }

  private static Map<String, String> values(List<String> words, Set<String> known)
      throws BadParameter {
    var values = new LinkedHashMap<String, String>();
    for (String word : words) {
      int equals = word.indexOf('=');
      String key = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
      if (!known.contains(key)) {
        throw new BadParameter(Fault.PARAMETER_UNKNOWN);
      }
      if (values.putIfAbsent(key, equals < 0 ? "" : word.substring(equals + 1)) != null) {
        throw new BadParameter(Fault.PARAMETER_VALUE);
      }
    }
    return values;
  }

  private static Optional<String> checked(
      Map<String, String> values, String key, Predicate<String> isGood) throws BadParameter {
    String value = values.get(key);
    if (value != null && !isGood.test(value)) {
      throw new BadParameter(Fault.PARAMETER_VALUE);
    }
    return Optional.ofNullable(value);
  }

  private static boolean bare(Map<String, String> values, String key) throws BadParameter {
    return checked(values, key, String::isEmpty).isPresent();
  }

  private static OptionalLong size(Map<String, String> values) throws BadParameter {
    var digits = checked(values, "SIZE", Parameters::isSize);
    return digits.isPresent() ? OptionalLong.of(number(digits.get())) : OptionalLong.empty();
  }

  private static boolean isSize(String value) {
    return !value.isEmpty() && value.length() <= SIZE_MAX_DIGITS && isDigits(value);
  }

  static boolean isDigits(String value) {
    return value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Digits as a number, the largest if they are more. */
  static long number(String digits) {
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      number = number > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : number * 10 + digit;
    }
    return number;
  }

  private static BodyType body(Map<String, String> values) throws BadParameter {
    String value = values.getOrDefault("BODY", "7BIT").toUpperCase(Locale.ROOT);
    return switch (value) {
      case "7BIT" -> BodyType.SEVEN_BIT;
      case "8BITMIME" -> BodyType.EIGHT_BIT_MIME;
      case "BINARYMIME" -> BodyType.BINARY_MIME;
      default -> throw new BadParameter(Fault.PARAMETER_VALUE);
    };
  }

  private static Returned returned(Map<String, String> values) throws BadParameter {
    String value = values.get("RET");
    if (value == null) {
      return Returned.UNSAID;
    }
    return switch (value.toUpperCase(Locale.ROOT)) {
      case "FULL" -> Returned.FULL;
      case "HDRS" -> Returned.HEADERS;
      default -> throw new BadParameter(Fault.PARAMETER_VALUE);
    };
  }

  private static Optional<Notify> notify(Map<String, String> values) throws BadParameter {
    String value = values.get("NOTIFY");
    if (value == null) {
      return Optional.empty();
    }
    if (value.equalsIgnoreCase("NEVER")) {
      return Optional.of(Notify.NEVER);
    }
    boolean success = false;
    boolean failure = false;
    boolean delay = false;
    for (String word : value.toUpperCase(Locale.ROOT).split(",", -1)) {
      switch (word) {
        case "SUCCESS" -> success = true;
        case "FAILURE" -> failure = true;
        case "DELAY" -> delay = true;
        default -> throw new BadParameter(Fault.PARAMETER_VALUE);
      }
    }
    return Optional.of(new Notify(success, failure, delay));
  }

  /** {@code rfc822;xtext}; {@code utf-8;} has its own encoding (RFC 6533 §3). */
  private static boolean isOriginalRecipient(String value) {
    int end = value.indexOf(';');
    if (end < 1 || value.length() > ORCPT_MAX) {
      return false;
    }
    String type = value.substring(0, end);
    String address = value.substring(end + 1);
    boolean isType =
        type.chars().allMatch(c -> Character.isLetterOrDigit(c) && c < 0x80 || c == '-');
    return isType
        && (type.equalsIgnoreCase("utf-8") ? isUtf8Text(address) : Xtext.isXtext(address));
  }

  private static boolean isUtf8Text(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != 0x7f && c != '=');
  }
}
