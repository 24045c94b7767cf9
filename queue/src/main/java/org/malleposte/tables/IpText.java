package org.malleposte.tables;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/** IP addresses as sendmail writes and compares them. */
public final class IpText {
  private IpText() {}

  /**
   * {@code 192.0.2.1}, or {@code IPv6:2001:db8:0:0:0:0:0:1} with all eight groups. An IPv4 address
   * mapped into IPv6 is the IPv4 address.
   *
   * @return empty when the text is no address
   */
  public static Optional<String> of(String text) {
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    String address = plain.regionMatches(true, 0, "IPv6:", 0, 5) ? plain.substring(5) : plain;
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      return Optional.of(
          parsed instanceof Inet6Address six
              ? "IPv6:" + groups(six.getAddress())
              : parsed.getHostAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The address literal of a domain part, {@code [192.0.2.1]}; others stay as they are. */
  public static String literal(String domain) {
    if (!domain.startsWith("[") || !domain.endsWith("]")) {
      return domain;
    }
    return of(domain.substring(1, domain.length() - 1)).map(ip -> "[" + ip + "]").orElse(domain);
  }

  private static String groups(byte[] address) {
    var text = new StringBuilder();
    for (int i = 0; i < address.length; i += 2) {
      text.append(i > 0 ? ":" : "")
          .append(Integer.toHexString((address[i] & 0xff) << 8 | address[i + 1] & 0xff));
    }
    return text.toString();
  }
}
