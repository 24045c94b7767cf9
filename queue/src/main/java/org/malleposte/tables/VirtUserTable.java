package org.malleposte.tables;

import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * {@code virtusertable}: from addresses of our domains to users or other addresses. Immutable; safe
 * for all threads.
 */
public final class VirtUserTable {
  private final LineTable lines;
  private final NameClass domains;
  private final boolean entireDomain;

  /** What was found; {@code target} has its {@code %1}, {@code %2} and {@code %3} filled in. */
  public record Hit(TableLine line, String target) {}

  /**
   * @param domains {@code VIRTUSER_DOMAIN}: served beside {@code local-host-names}
   * @param entireDomain {@code FEATURE(virtuser_entire_domain)}: their subdomains too
   */
  public VirtUserTable(LineTable lines, LineTable domains, boolean entireDomain) {
    this.lines = lines;
    this.domains = new NameClass(LineTable.empty(), domains);
    this.entireDomain = entireDomain;
  }

  public LineTable lines() {
    return lines;
  }

  public LineTable domains() {
    return domains.added();
  }

  public boolean entireDomain() {
    return entireDomain;
  }

  /** Whether {@code VIRTUSER_DOMAIN} names this domain. */
  public boolean serves(Domain domain) {
    return (entireDomain ? domains.suffix(domain.name()) : domains.exact(domain.name()))
        .isPresent();
  }

  /** Searches in sendmail's order: the most special entry wins. */
  public Optional<Hit> find(String localPart, Domain domain) {
    String at = "@" + domain.name();
    Optional<Hit> whole = look(localPart + at, localPart);
    int plus = localPart.indexOf('+', 1);
    if (whole.isPresent()) {
      return whole;
    }
    if (plus < 0) {
      return look(at, localPart);
    }
    String user = localPart.substring(0, plus);
    String detail = localPart.substring(plus + 1);
    String[] arguments = {user, detail, "+" + detail};
    Optional<Hit> hit = detail.isEmpty() ? Optional.empty() : look(user + "++" + at, arguments);
    return hit.or(() -> look(user + "+*" + at, arguments))
        .or(() -> look(user + at, arguments))
        .or(() -> detail.isEmpty() ? Optional.empty() : look("++" + at, arguments))
        .or(() -> look("+*" + at, arguments))
        .or(() -> look(at, arguments));
  }

  private Optional<Hit> look(String key, String... arguments) {
    return lines.find(key).map(line -> new Hit(line, fill(line.value(), key, arguments)));
  }

  /** Puts arguments into a value: {@code %0} is the key, a missing one is empty. */
  static String fill(String value, String key, String... arguments) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    var text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      char next = i + 1 < value.length() ? value.charAt(i + 1) : '%';
      if (c != '%') {
        text.append(c);
      } else if (next >= '0' && next <= '9') {
        int n = next - '0';
        text.append(n == 0 ? key : n <= arguments.length ? arguments[n - 1] : "");
        i++;
      } else {
        text.append('%');
        i += next == '%' ? 1 : 0;
      }
    }
    return text.toString();
  }
}
