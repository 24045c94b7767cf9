package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.account.AccountDirectory;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswordScheme;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;
import org.malleposte.shard.FakeDirectory;

class HashUpgradeTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final Credential OLD =
      Credential.parse("{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=");

  private final BlockingLane lane = new BlockingLane("test-upgrade", 1, 10);
  private final PasswordSchemes schemes = new PasswordSchemes(new Random(1));
  private final AccountDirectory accounts =
      new AccountDirectory(new FakeDirectory(), lane, new ManualTime(), () -> Instant.EPOCH);
  private final HashUpgrade upgrade = new HashUpgrade(accounts, schemes, lane);

  @BeforeEach
  void add() {
    await().until(accounts::isLoaded);
    accounts.add(ALICE, OLD).join();
    await().until(() -> accounts.find(ALICE).isPresent());
  }

  @AfterEach
  void stop() {
    accounts.close();
    lane.close();
  }

  private Credential credential() {
    return accounts.find(ALICE).orElseThrow().credential();
  }

  @Test
  void anOldHashBecomesANewOne() {
    upgrade.onRight(ALICE, OLD, "secret");
    await().until(() -> credential().scheme() == PasswordScheme.SCRAM_SHA_256);
    assertThat(schemes.verify(credential(), "alice", "secret")).isTrue();
    var upgraded = credential();
    upgrade.onRight(ALICE, upgraded, "secret");
    lane.run(() -> {}).join();
    assertThat(credential()).isEqualTo(upgraded);
  }

  @Test
  void whatIsNotInTheDirectoryStays() {
    upgrade.onRight(ALICE, Credential.parse("{PLAIN}secret"), "secret"); // of a file
    lane.run(() -> {}).join();
    assertThat(credential()).isEqualTo(OLD);
  }

  @Test
  void aPasswordThatWasChangedMeanwhileIsNotBroughtBack() {
    var changed = Credential.parse("{PLAIN}new");
    lane.run(() -> accounts.passwd(ALICE, changed).join());
    upgrade.onRight(ALICE, OLD, "secret");
    lane.run(() -> {}).join();
    await().until(() -> credential().equals(changed));
    lane.run(() -> {}).join();
    assertThat(credential()).isEqualTo(changed);
  }
}
