package org.malleposte.auth;

import java.util.Optional;

/** Kinds of channel binding, by their registered names. {@code tls-unique} is broken (RFC 7627). */
public enum ChannelBinding {
  /** RFC 9266: the one for TLS 1.3. */
  TLS_EXPORTER("tls-exporter"),
  /** RFC 5929 §4: a hash of the server's certificate; also behind a proxy that shows the same. */
  TLS_SERVER_END_POINT("tls-server-end-point");

  private final String registered;

  ChannelBinding(String registered) {
    this.registered = registered;
  }

  static Optional<ChannelBinding> named(String name) {
    for (var type : values()) {
      if (type.registered.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
