package org.malleposte.config;

import java.net.InetAddress;
import java.util.Objects;

/**
 * All IP addresses that begin with the same bits: {@code 10.0.0.0/8}, {@code 2001:db8::/32};
 * without a length, one address.
 *
 * @param bits that count of {@code network}
 */
public record AddressBlock(InetAddress network, int bits) {
  public AddressBlock {
    Objects.requireNonNull(network);
    if (bits < 0 || bits > 8 * network.getAddress().length) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits: " + network);
    }
  }

  /**
   * @throws IllegalArgumentException when it is none
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    var network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    int bits =
        slash < 0 ? 8 * network.getAddress().length : Integer.parseInt(text.substring(slash + 1));
    return new AddressBlock(network, bits);
  }

  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] other = address.getAddress();
    if (ours.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += 8) {
      int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
      if (((ours[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + bits;
  }
}
