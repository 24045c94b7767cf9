package org.malleposte.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.malleposte.mail.Domain;

/** A smart host: who takes all mail to elsewhere. */
public sealed interface NextHop {
  /** Ports of other hosts, where none is said. */
  int SMTP_PORT = 25;

  /** Of one list. */
  int MAX_HOPS = 32;

  int port();

  /** This very host. */
  record Host(String name, int port) implements NextHop {
    public Host {
      requirePort(port);
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a host without a name");
      }
    }

    @Override
    public String toString() {
      return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
    }
  }

  /** The hosts to which the MX records of a domain point. */
  record Exchangers(Domain domain, int port) implements NextHop {
    public Exchangers {
      Objects.requireNonNull(domain);
      requirePort(port);
    }

    @Override
    public String toString() {
      return "mx:" + domain + (port == SMTP_PORT ? "" : ":" + port);
    }
  }

  /**
   * Reads a list, in the order in which they are tried: {@code relay.example.org:587}, {@code
   * [2001:db8::1]:25}, {@code mx:example.org}, with commas between.
   *
   * @throws IllegalArgumentException says what is wrong
   */
  static List<NextHop> parse(String text) {
    var hops = new ArrayList<NextHop>();
    for (String word : text.split(",", -1)) {
      hops.add(parseOne(word.strip()));
    }
    if (hops.size() > MAX_HOPS) {
      throw new IllegalArgumentException("more than " + MAX_HOPS + " smart hosts");
    }
    return List.copyOf(hops);
  }

  private static NextHop parseOne(String word) {
    if (word.startsWith("mx:")) {
      String rest = word.substring(3);
      int colon = rest.indexOf(':');
      return new Exchangers(
          Domain.of(colon < 0 ? rest : rest.substring(0, colon)),
          colon < 0 ? SMTP_PORT : port(rest.substring(colon + 1)));
    }
    int colon = word.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + word + "' is neither host:port nor mx:domain");
    }
    String host = word.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.indexOf(':') >= 0 && !bracketed) {
      throw new IllegalArgumentException("IPv6 address without brackets in '" + word + "'");
    }
    return new Host(
        bracketed ? host.substring(1, host.length() - 1) : host, port(word.substring(colon + 1)));
  }

  private static int port(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("'" + text + "' is not a port");
    }
    return Integer.parseInt(text);
  }

  private static void requirePort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
    }
  }
}
