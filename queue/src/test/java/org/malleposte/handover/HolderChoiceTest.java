package org.malleposte.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.NOW;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;

class HolderChoiceTest {
  private final HolderChoice choice = new HolderChoice();

  private static Member member(String name, boolean ready, String spoolId) {
    return new Member(
        new NodeName(name), Role.SECONDARY, false, ready, spoolId, "", "1", Map.of(), NOW);
  }

  private static ClusterView view(Member... members) {
    return new ClusterView(new NodeName("a"), List.of(members), 1);
  }

  private static final ClusterView THREE =
      view(member("a", true, "1"), member("b", true, "2"), member("c", true, "3"));

  private List<String> rank(ClusterView view, Instant now) {
    return choice.rank(view, now).stream().map(m -> m.name().value()).toList();
  }

  @Test
  void readyOthersInTurn() {
    assertThat(rank(view(member("a", true, "1")), NOW)).isEmpty();
    assertThat(rank(view(member("a", true, "1"), member("b", false, "2")), NOW)).isEmpty();
    assertThat(rank(view(member("a", true, "1"), member("b", true, "")), NOW)).isEmpty();
    var firsts = new HashSet<String>();
    for (int i = 0; i < 100; i++) {
      var ranked = rank(THREE, NOW);
      assertThat(ranked).containsExactlyInAnyOrder("b", "c");
      firsts.add(ranked.getFirst());
    }
    assertThat(firsts).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void aSilentOneIsLastForAWhileThenOneMailTriesIt() {
    var b = new NodeName("b");
    choice.silent(b, NOW);
    assertThat(rank(THREE, NOW.plusSeconds(4))).containsExactly("c", "b");
    assertThat(rank(THREE, NOW.plusSeconds(5))).containsExactly("b", "c");
    choice.chosen(b, NOW.plusSeconds(5));
    assertThat(rank(THREE, NOW.plusSeconds(5))).containsExactly("c", "b");
    choice.silent(b, NOW.plusSeconds(6));
    assertThat(rank(THREE, NOW.plusSeconds(15))).containsExactly("c", "b");
    assertThat(rank(THREE, NOW.plusSeconds(16))).containsExactly("b", "c");
    choice.chosen(b, NOW.plusSeconds(16));
    choice.answered(b);
    var firsts = new ArrayList<String>();
    for (int i = 0; i < 64; i++) {
      firsts.add(rank(THREE, NOW.plusSeconds(17)).getFirst());
    }
    assertThat(firsts).contains("b", "c");
  }
}
