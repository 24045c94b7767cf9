package org.malleposte.imap;

/** Numbers by hashes: 24 bytes an entry, where a map of objects needs a hundred. */
final class LongIntMap {
  static final int NONE = -1;

  private long[] keys = new long[64];
  private int[] values = new int[64];
  private int size;

  /**
   * @param key not 0
   */
  int get(long key) {
    int at = slot(keys, key);
    return keys[at] == key ? values[at] : NONE;
  }

  void put(long key, int value) {
    int at = slot(keys, key);
    if (keys[at] == 0) {
      size++;
    }
    keys[at] = key;
    values[at] = value;
    if (size > keys.length / 2) {
      grow();
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = slot(keys, oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  /** Keys are hashes already. */
  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    int at = (int) (key ^ key >>> 32) & mask;
    while (keys[at] != 0 && keys[at] != key) {
      at = at + 1 & mask;
    }
    return at;
  }
}
