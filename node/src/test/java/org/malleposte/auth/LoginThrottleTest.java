package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.LoginThrottle.Admission;
import org.malleposte.runtime.ManualTime;

class LoginThrottleTest {
  private static final Suspect ADDRESS = new Suspect.Address("192.0.2.1");
  private static final Suspect ACCOUNT = new Suspect.Account("alice");

  private final ManualTime time = new ManualTime();
  private final LoginThrottle throttle = new LoginThrottle(time);

  private static Admission after(long millis) {
    return new Admission.After(Duration.ofMillis(millis));
  }

  private void fail(int times, Suspect... keys) {
    for (int i = 0; i < times; i++) {
      throttle.failed(keys);
    }
  }

  @Test
  void aFewMistakesCostNothing() {
    fail(LoginThrottle.FREE_FAILURES, ADDRESS, ACCOUNT);
    assertThat(throttle.admit(ADDRESS, ACCOUNT)).isEqualTo(after(0));
  }

  @Test
  void delaysDoubleUpToTheirLimit() {
    fail(LoginThrottle.FREE_FAILURES + 1, ADDRESS);
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(500));
    fail(100, ADDRESS, ACCOUNT);
    assertThat(throttle.admit(ADDRESS))
        .isEqualTo(new Admission.After(LoginThrottle.MAX_ADDRESS_DELAY));
    assertThat(throttle.admit(ACCOUNT))
        .isEqualTo(new Admission.After(LoginThrottle.MAX_ACCOUNT_DELAY));
  }

  @Test
  void attemptsInParallelQueueAndThenAreTurnedAway() {
    fail(100, ADDRESS);
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(15_000));
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(30_000));
    assertThat(throttle.admit(ADDRESS)).isEqualTo(new Admission.TooMany());
    time.advance(Duration.ofSeconds(30));
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(15_000));
  }

  @Test
  void whoGuessesDoesNotMakeTheOwnerOfTheAccountWaitLong() {
    fail(100, ADDRESS, ACCOUNT);
    throttle.admit(ADDRESS, ACCOUNT);
    throttle.admit(ADDRESS, ACCOUNT);
    assertThat(throttle.admit(new Suspect.Address("198.51.100.7"), ACCOUNT))
        .isEqualTo(new Admission.After(LoginThrottle.MAX_ACCOUNT_DELAY.multipliedBy(3)));
  }

  @Test
  void failuresAreForgottenOneByOne() {
    fail(LoginThrottle.FREE_FAILURES + 2, ADDRESS);
    time.advance(LoginThrottle.FORGET_AFTER);
    throttle.admit(ADDRESS); // the slot reserved at the time of the failure is past
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(500));
    time.advance(LoginThrottle.FORGET_AFTER);
    throttle.admit(ADDRESS);
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(0));
  }

  @Test
  void aSuccessHalvesWhatIsHeldAgainst() {
    fail(8, ADDRESS);
    throttle.succeeded(ADDRESS);
    time.advance(Duration.ofSeconds(30));
    throttle.admit(ADDRESS);
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(500)); // four are left
  }

  @Test
  void memoryIsBounded() {
    fail(100, ADDRESS);
    for (int i = 0; i < LoginThrottle.MAX_KEYS + 10; i++) {
      throttle.failed(new Suspect.Account("guess" + i));
    }
    assertThat(throttle.size()).isEqualTo(LoginThrottle.MAX_KEYS);
    assertThat(throttle.admit(ADDRESS)).isEqualTo(after(0)); // the oldest went first
  }
}
