package org.malleposte.config;

import java.util.Locale;
import java.util.Optional;

/** A way to log in, by its registered name. Those of SCRAM stand for their {@code -PLUS} too. */
public enum LoginMechanism {
  PLAIN("PLAIN", true),
  /** Never standardised; old mail programs know no other. */
  LOGIN("LOGIN", true),
  SCRAM_SHA_256("SCRAM-SHA-256", false),
  SCRAM_SHA_1("SCRAM-SHA-1", false),
  CRAM_MD5("CRAM-MD5", false),
  DIGEST_MD5("DIGEST-MD5", false),
  /** A certificate of the client. */
  EXTERNAL("EXTERNAL", false),
  /** Kerberos. */
  GSSAPI("GSSAPI", false),
  OAUTHBEARER("OAUTHBEARER", true),
  /** POP3 only, and no SASL. */
  APOP("APOP", false);

  private final String registered;
  private final boolean sendsSecret;

  LoginMechanism(String registered, boolean sendsSecret) {
    this.registered = registered;
    this.sendsSecret = sendsSecret;
  }

  public String registered() {
    return registered;
  }

  /** Whether it needs an encrypted link: who hears it can log in. */
  public boolean sendsSecret() {
    return sendsSecret;
  }

  /** By its name in any case, as {@code sendmail.mc} and {@code auth_mechanisms} have it. */
  public static Optional<LoginMechanism> named(String name) {
    for (var mechanism : values()) {
      if (mechanism.registered.equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(mechanism);
      }
    }
    return Optional.empty();
  }
}
