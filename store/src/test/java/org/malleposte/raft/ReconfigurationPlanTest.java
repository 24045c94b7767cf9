package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.link.NodeName;
import org.malleposte.raft.ReconfigurationPlan.Step;

class ReconfigurationPlanTest {
  private static final Peer A = peer("a", "1", 2);
  private static final Peer B = peer("b", "1", 1);
  private static final Peer C = peer("c", "1", 1);
  private static final Peer D = peer("d", "1", 1);

  private static Peer peer(String name, String store, int priority) {
    return new Peer(new NodeName(name), store, name + ":1", priority);
  }

  private static Step next(List<Peer> voters, Peer leader, List<Peer> live) {
    return ReconfigurationPlan.next(voters, leader.id(), live, _ -> true, _ -> true);
  }

  @Test
  void threeThatAreThereStay() {
    assertThat(next(List.of(A, B, C), A, List.of(A, B, C, D))).isEqualTo(new Step.Nothing());
  }

  @Test
  void oneThatIsAwayStays() {
    assertThat(next(List.of(A, B, C), A, List.of(A, B))).isEqualTo(new Step.Nothing());
    assertThat(next(List.of(A, B, C), A, List.of(A, B, D))).isEqualTo(new Step.Nothing());
  }

  @Test
  void aReplacedDiskIsReplaced() {
    var newC = peer("c", "2", 1);
    assertThat(next(List.of(A, B, C), A, List.of(A, B, newC)))
        .isEqualTo(new Step.Change(List.of(A, B, newC), Optional.of(newC)));
  }

  @Test
  void twoReplacedDisksAreReplacedOneByOne() {
    var newB = peer("b", "2", 1);
    var newC = peer("c", "2", 1);
    assertThat(next(List.of(A, B, C), A, List.of(A, newB, newC)))
        .isEqualTo(new Step.Change(List.of(A, C, newB), Optional.of(newB)));
  }

  @Test
  void aPairDoesNotReplaceItsOther() {
    // It has no majority for it; see LoneSurvivor.
    assertThat(next(List.of(A, B), A, List.of(A, peer("b", "2", 1)))).isEqualTo(new Step.Nothing());
    assertThat(LoneSurvivor.isOne(List.of(A, B), A.id(), List.of(A, peer("b", "2", 1)))).isTrue();
    assertThat(LoneSurvivor.isOne(List.of(A, B), A.id(), List.of(A))).isFalse();
    assertThat(LoneSurvivor.isOne(List.of(A, B), A.id(), List.of(A, B))).isFalse();
    assertThat(LoneSurvivor.isOne(List.of(A, B, C), A.id(), List.of(A, peer("b", "2", 1))))
        .isFalse();
  }

  @Test
  void oneGrowsByOne() {
    assertThat(next(List.of(A), A, List.of(A, B, C)))
        .isEqualTo(new Step.Change(List.of(A, B), Optional.of(B)));
    assertThat(next(List.of(A, B), A, List.of(A, B, C)))
        .isEqualTo(new Step.Change(List.of(A, B, C), Optional.of(C)));
  }

  @Test
  void aChangedRoleIsAChangedPriority() {
    var risen = peer("b", "1", 2);
    assertThat(next(List.of(A, B, C), A, List.of(A, risen, C)))
        .isEqualTo(new Step.Change(List.of(A, risen, C), Optional.empty()));
  }

  @Test
  void aNewAddressGoesAlongWithAnotherChange() {
    var moved = new Peer(new NodeName("b"), "1", "b:2", 1);
    assertThat(next(List.of(A, B, C), A, List.of(A, moved, C))).isEqualTo(new Step.Nothing());
    assertThat(next(List.of(A, B), A, List.of(A, moved, C)))
        .isEqualTo(new Step.Change(List.of(A, moved, C), Optional.of(C)));
  }

  @Test
  void aSecondaryHandsOverToThePrimaryThatHasCaughtUp() {
    assertThat(next(List.of(A, B, C), B, List.of(A, B, C))).isEqualTo(new Step.Transfer(A));
    assertThat(
            ReconfigurationPlan.next(
                List.of(A, B, C), B.id(), List.of(A, B, C), _ -> true, _ -> false))
        .isEqualTo(new Step.Nothing());
  }

  @Test
  void aPrimaryThatDiedIsNotGivenTheLeadInTheMomentOfItsReturn() {
    var humbled = peer("a", "1", 1);
    assertThat(next(List.of(A, B, C), B, List.of(B, C)))
        .isEqualTo(new Step.Change(List.of(humbled, B, C), Optional.empty()));
    assertThat(next(List.of(humbled, B, C), B, List.of(B, C))).isEqualTo(new Step.Nothing());
    // It is back, but cold; then it has been at work for a while.
    assertThat(
            ReconfigurationPlan.next(
                List.of(humbled, B, C), B.id(), List.of(A, B, C), p -> !p.equals(A), _ -> true))
        .isEqualTo(new Step.Nothing());
    assertThat(next(List.of(humbled, B, C), B, List.of(A, B, C)))
        .isEqualTo(new Step.Change(List.of(A, B, C), Optional.empty()));
  }

  @Test
  void aPrimaryWithANewDiskJoinsBelowItsRole() {
    var joining = peer("a", "2", 1);
    assertThat(next(List.of(A, B, C), B, List.of(peer("a", "2", 2), B, C)))
        .isEqualTo(new Step.Change(List.of(B, C, joining), Optional.of(joining)));
  }

  @Test
  void oneThatIsAboutToStopIsLeftAlone() {
    var humbled = peer("a", "1", 0);
    assertThat(
            ReconfigurationPlan.next(
                List.of(humbled, B, C), B.id(), List.of(A, B, C), p -> !p.equals(A), _ -> true))
        .isEqualTo(new Step.Nothing());
    assertThat(
            ReconfigurationPlan.next(
                List.of(A, B, C), B.id(), List.of(A, B, C), p -> !p.equals(A), _ -> true))
        .isEqualTo(new Step.Nothing());
  }
}
