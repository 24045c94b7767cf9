package org.malleposte.auth;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.malleposte.account.PasswdFile;
import org.malleposte.config.LoginMechanism;
import org.malleposte.config.UsernameFormat;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ScheduledTimers;

/**
 * The real authenticator over a file: {@code alice} has a readable password, {@code bob} one hashed
 * for SCRAM, {@code carol} one that only a password itself can be compared with. All are {@code
 * secret}.
 */
public final class SaslAccounts implements AutoCloseable {
  private final BlockingLane lane = new BlockingLane("test-auth", 2, 100);
  private final ScheduledTimers timers = new ScheduledTimers("test-auth-timers");
  private final SecureRandom random = new SecureRandom();
  private final PasswordSchemes schemes = new PasswordSchemes(random);
  private final Authenticator authenticator;

  public SaslAccounts() {
    var users =
        PasswdFile.parse(
            "users",
            ("alice:{PLAIN}secret\nbob:"
                    + schemes.hash("secret").text()
                    + "\ncarol:{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=\n")
                .getBytes(StandardCharsets.UTF_8));
    authenticator =
        new AccountAuthenticator(
            new AccountFinder(
                List.of(CredentialSource.of(() -> users)),
                UsernameFormat.DEFAULT,
                domain -> domain.name().equals("example.org")),
            LoginHelpers.none(() -> new byte[32]),
            schemes,
            lane,
            timers,
            InstantSource.system(),
            random,
            new AuthMetrics(new SimpleMeterRegistry()));
  }

  public Authenticator authenticator() {
    return authenticator;
  }

  /** All that need no more than accounts. */
  public SaslMechanisms mechanisms(String service) {
    return mechanisms(service, Optional.empty());
  }

  public SaslMechanisms mechanisms(
      String service, Optional<Predicate<List<X509Certificate>>> trusted) {
    return new SaslMechanisms(
        () -> List.of(LoginMechanism.values()),
        new SaslMechanisms.Means(service, "mx.test", trusted, false, Optional.empty()),
        random);
  }

  @Override
  public void close() {
    lane.close();
    timers.close();
  }
}
