package org.malleposte.config;

import java.util.List;
import java.util.Optional;

/**
 * What one of the files says of how to log in: {@code auth.mechanisms} of the YAML file, {@code
 * confAUTH_MECHANISMS} of {@code sendmail.mc}. The YAML file wins: {@code
 * config.auth().policy().over(mc).mechanismsOrDefault()}.
 *
 * @param mechanisms in the order in which they are offered; empty: it says nothing
 */
public record LoginPolicy(Optional<List<LoginMechanism>> mechanisms) {
  public static final LoginPolicy SILENT = new LoginPolicy(Optional.empty());

  /**
   * Every account can use these, however its password is kept, and they are what Dovecot and most
   * clients begin with.
   */
  public static final List<LoginMechanism> DEFAULT =
      List.of(LoginMechanism.PLAIN, LoginMechanism.LOGIN);

  public LoginPolicy {
    mechanisms = mechanisms.map(List::copyOf);
  }

  /** This where it says something, else the other. */
  public LoginPolicy over(LoginPolicy weaker) {
    return new LoginPolicy(mechanisms.or(weaker::mechanisms));
  }

  public List<LoginMechanism> mechanismsOrDefault() {
    return mechanisms.orElse(DEFAULT);
  }
}
