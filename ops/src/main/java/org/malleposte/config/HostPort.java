package org.malleposte.config;

/**
 * Where something listens or is reached.
 *
 * @param host IP address without brackets, or a name
 * @param port 0 lets the system choose, where one listens
 */
public record HostPort(String host, int port) {
  public static final int MAX_PORT = 65_535;

  public HostPort {
    if (host.isEmpty() || host.chars().anyMatch(c -> c <= 0x20 || c == 0x7f || c == '/')) {
      throw new IllegalArgumentException("'" + host + "' is not a host");
    }
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port " + port + " is not in 0 to " + MAX_PORT);
    }
  }

  /**
   * Reads {@code host:port}; an IPv6 address is in brackets.
   *
   * @throws IllegalArgumentException says what is wrong
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.contains(":") && !bracketed) {
      throw new IllegalArgumentException("IPv6 address without brackets in '" + text + "'");
    }
    String plain = bracketed ? host.substring(1, host.length() - 1) : host;
    if (plain.isEmpty() || plain.indexOf('[') >= 0 || plain.indexOf(']') >= 0) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    return new HostPort(plain, port(text, colon + 1));
  }

  /** Whether this means every address of the machine. */
  public boolean isEveryAddress() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /** Whether only this machine reaches it. */
  public boolean isLoopback() {
    return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
  }

  /** The address some ports further on, on the same host. */
  public HostPort plus(int ports) {
    return new HostPort(host, port + ports);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static int port(String text, int from) {
    try {
      return Integer.parseInt(text, from, text.length(), 10);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("'" + text.substring(from) + "' is not a port");
    }
  }
}
