package org.malleposte.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;

class MembershipTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Membership membership = new Membership(member("a", false), now::get);
  private final List<ClusterView> views = new ArrayList<>();

  MembershipTest() {
    membership.onChange(views::add);
  }

  private static Member member(String name, boolean mayDeliver) {
    return new Member(
        new NodeName(name),
        Role.PRIMARY,
        mayDeliver,
        true,
        "s",
        "t",
        "1",
        Map.of("smtp", "127.0.0.1:25"),
        Instant.EPOCH);
  }

  private static NodeStatus status(
      String name, String transport, long sequence, boolean mayDeliver) {
    return new NodeStatus(
        member(name, mayDeliver), transport, sequence, Map.of("spool", "" + sequence));
  }

  private static List<String> names(ClusterView view) {
    return view.members().stream().map(m -> m.name().value()).toList();
  }

  @Test
  void silenceAndDeathBothEndMembership() {
    membership.hear(status("b", "t1", 1, false));
    membership.hear(status("c", "t2", 1, false));
    assertThat(names(membership.view())).containsExactly("a", "b", "c");
    membership.leave("t1");
    assertThat(names(membership.view())).containsExactly("a", "c");
    now.set(Instant.EPOCH.plus(Membership.SILENCE).plusMillis(1));
    membership.tick();
    assertThat(names(membership.view())).containsExactly("a");
  }

  @Test
  void onlyWhatMattersMakesANewView() {
    membership.hear(status("b", "t1", 1, false));
    membership.hear(status("b", "t1", 2, false));
    assertThat(views).hasSize(1);
    membership.hear(status("b", "t1", 3, true));
    assertThat(views).hasSize(2);
    assertThat(membership.view().deliverers())
        .extracting(m -> m.name().value())
        .containsExactly("b");
    membership.hear(status("b", "t1", 2, false));
    assertThat(membership.view().deliverers()).hasSize(1);
  }

  @Test
  void aRestartedProcessIsHeardThoughItCountsAnew() {
    membership.hear(status("b", "t1", 900, false));
    membership.hear(status("b", "t2", 1, true));
    assertThat(membership.view().deliverers()).hasSize(1);
  }

  @Test
  void statusSurvivesTheWire() {
    var status = status("b", "t1", 7, true);
    assertThat(NodeStatus.fromJson(status.toJson())).isEqualTo(status);
  }
}
