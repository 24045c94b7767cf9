package org.malleposte.kv;

import java.util.Arrays;

/** Helps to build and bound keys in unsigned byte order. */
public final class Keys {
  private Keys() {}

  /**
   * The first key after all that begin with {@code prefix}: the upper bound of a scan.
   *
   * @throws IllegalArgumentException for a prefix of 0xff bytes only, which has no such key
   */
  public static byte[] after(byte[] prefix) {
    byte[] next = prefix.clone();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] != 0) {
        return Arrays.copyOf(next, i + 1);
      }
    }
    throw new IllegalArgumentException("nothing comes after this prefix");
  }

  public static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
