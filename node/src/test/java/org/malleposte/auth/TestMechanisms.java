package org.malleposte.auth;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.malleposte.config.LoginMechanism;
import org.malleposte.config.LoginPolicy;

/** What tests offer. */
public final class TestMechanisms {
  private TestMechanisms() {}

  /** As a node does that is not told otherwise. */
  public static SaslMechanisms byDefault() {
    return of(LoginPolicy.DEFAULT);
  }

  public static SaslMechanisms of(List<LoginMechanism> mechanisms) {
    return new SaslMechanisms(
        () -> mechanisms,
        new SaslMechanisms.Means("smtp", "mx.test", Optional.empty(), false, Optional.empty()),
        new Random(1));
  }
}
