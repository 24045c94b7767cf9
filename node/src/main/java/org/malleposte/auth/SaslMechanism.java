package org.malleposte.auth;

import java.util.Locale;
import java.util.Optional;

/** The SASL mechanisms that take a password as it is, so only on an encrypted link or loopback. */
public enum SaslMechanism {
  PLAIN {
    @Override
    public SaslExchange start() {
      return new SaslPlain();
    }
  },
  LOGIN {
    @Override
    public SaslExchange start() {
      return new SaslLogin();
    }
  };

  public abstract SaslExchange start();

  /** By name, in any case. */
  public static Optional<SaslMechanism> named(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "PLAIN" -> Optional.of(PLAIN);
      case "LOGIN" -> Optional.of(LOGIN);
      default -> Optional.empty();
    };
  }
}
