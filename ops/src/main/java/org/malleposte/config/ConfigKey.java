package org.malleposte.config;

import java.util.Locale;

/**
 * One key of the configuration.
 *
 * @param path {@code failover.promote-after}
 * @param byDefault as the file would have it
 * @param about one line for the effective configuration and the manual
 */
record ConfigKey<T>(String path, ValueType<T> type, String byDefault, String about) {
  /** {@code MALLEPOSTE_FAILOVER_PROMOTE_AFTER}. */
  String variable() {
    return Environment.PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** {@code failover}, or {@code cluster.tls}; empty for a key at the top. */
  String section() {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "" : path.substring(0, dot);
  }

  String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
