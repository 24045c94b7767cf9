package org.malleposte.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.cluster.RoleMachine.Decision;
import org.malleposte.cluster.RoleMachine.Observation;
import org.malleposte.cluster.RoleMachine.Order;
import org.malleposte.link.ClusterView.Role;

class RoleMachineTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);

  private final RoleMachine primary = new RoleMachine(Role.PRIMARY, Optional.of(MINUTE));
  private final RoleMachine secondary = new RoleMachine(Role.SECONDARY, Optional.of(MINUTE));

  private static Observation at(long second, boolean majority, boolean primaryDelivers) {
    return new Observation(Instant.ofEpochSecond(second), true, majority, primaryDelivers);
  }

  @Test
  void primaryDeliversWithAMajorityOnly() {
    assertThat(primary.on(at(0, true, false)).mayDeliver()).isTrue();
    assertThat(primary.on(at(1, false, false)).mayDeliver()).isFalse();
    assertThat(
            primary.on(new Observation(Instant.ofEpochSecond(2), false, true, false)).mayDeliver())
        .isFalse();
  }

  @Test
  void secondaryStandsInOnceNoPrimaryHasDeliveredForThatLong() {
    assertThat(secondary.on(at(0, true, true)).mayDeliver()).isFalse();
    assertThat(secondary.on(at(10, true, false)).mayDeliver()).isFalse();
    assertThat(secondary.on(at(69, true, false)).mayDeliver()).isFalse();
    assertThat(secondary.on(at(70, true, false)))
        .isInstanceOfSatisfying(Decision.Deliver.class, d -> assertThat(d.promoted()).isTrue());
    assertThat(secondary.on(at(71, false, false)).mayDeliver()).isFalse();
    assertThat(secondary.on(at(72, true, true)).mayDeliver()).isFalse();
    // The wait begins anew after the primary has been back.
    assertThat(secondary.on(at(80, true, false)).mayDeliver()).isFalse();
  }

  @Test
  void waitsWithoutAMajorityToo() {
    secondary.on(at(0, false, false));
    assertThat(secondary.on(at(60, true, false)).mayDeliver()).isTrue();
  }

  @Test
  void neverPromotesWhenToldNever() {
    var patient = new RoleMachine(Role.SECONDARY, Optional.empty());
    patient.on(at(0, true, false));
    assertThat(patient.on(at(1_000_000, true, false)).mayDeliver()).isFalse();
  }

  @Test
  void obeysThePostmaster() {
    secondary.order(Order.PROMOTE);
    assertThat(secondary.on(at(0, true, true)).mayDeliver()).isTrue();
    assertThat(secondary.on(at(1, false, true)).mayDeliver()).isFalse();
    primary.order(Order.DEMOTE);
    assertThat(primary.on(at(0, true, false)).mayDeliver()).isFalse();
    primary.order(Order.NONE);
    assertThat(primary.on(at(1, true, false)).mayDeliver()).isTrue();
  }
}
