package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.LoginGate.Attempt;
import org.malleposte.auth.LoginGate.Finding;
import org.malleposte.auth.LoginNews.Attempted;
import org.malleposte.format.FormatException;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.link.TestLinks;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.ManualTime;

class ClusterLoginNewsTest {
  private static final NodeName A = new NodeName("a");
  private static final NodeName B = new NodeName("b");
  private static final AccountName ALICE = new AccountName("alice");

  private final ManualTime time = new ManualTime();
  private final TestLinks links = new TestLinks();
  private final LoginGate onA = gate(A);
  private final LoginGate onB = gate(B);

  private LoginGate gate(NodeName self) {
    var news = new ClusterLoginNews(links.of(self), new Both(self), time);
    return new LoginGate(time, time, new AuthMetrics(new SimpleMeterRegistry()), news);
  }

  private record Both(NodeName self) implements Cluster {
    @Override
    public ClusterView view() {
      var members = List.of(member(A), member(B));
      return new ClusterView(self, members, 1);
    }

    private static Member member(NodeName name) {
      return new Member(name, Role.PRIMARY, true, true, "s", "s", "1", Map.of(), Instant.EPOCH);
    }

    @Override
    public void onChange(Consumer<ClusterView> listener) {
      throw new AssertionError("not asked for");
    }
  }

  private static CompletableFuture<LoginAnswer> attempt(
      LoginGate gate, String peer, boolean isRight) {
    return gate.pass(
        new Attempt(Optional.of(ALICE), "alice", peer),
        () ->
            CompletableFuture.completedFuture(
                isRight ? new Finding.Right(ALICE) : new Finding.Wrong()));
  }

  private void fail(LoginGate gate, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(attempt(gate, "192.0.2.1", false)).isDone();
    }
    time.advance(ClusterLoginNews.GATHERED_FOR);
  }

  @Test
  void whoGuessesHereIsSlowThere() {
    fail(onA, 2);
    fail(onB, 2);
    assertThat(attempt(onA, "192.0.2.1", false)).isNotDone();
    var there = attempt(onB, "192.0.2.1", false);
    assertThat(there).isNotDone();
    time.advance(Duration.ofSeconds(1));
    assertThat(there).isDone();
    // Also the account is slowed, for who comes from elsewhere.
    assertThat(attempt(onB, "198.51.100.7", false)).isNotDone();
  }

  @Test
  void whoKnowsThePasswordIsHeldLessAgainstEverywhere() {
    fail(onA, 4);
    attempt(onB, "192.0.2.1", true);
    time.advance(Duration.ofSeconds(2));
    assertThat(attempt(onA, "192.0.2.1", true)).isDone();
  }

  @Test
  void oneMessageTellsManyAndLoginsThatAreHeldAgainstNobodyAreNoNews() {
    fail(onA, 3);
    assertThat(links.requests()).containsExactly("auth.news b");
    attempt(onB, "203.0.113.9", true);
    var another = new Attempt(Optional.of(new AccountName("bob")), "bob", "203.0.113.9");
    onB.pass(another, () -> CompletableFuture.completedFuture(new Finding.Right(ALICE)));
    time.advance(Duration.ofSeconds(1));
    assertThat(links.requests()).containsExactly("auth.news b", "auth.news a");
    onB.pass(another, () -> CompletableFuture.completedFuture(new Finding.Right(ALICE)));
    time.advance(Duration.ofSeconds(1));
    assertThat(links.requests()).hasSize(2);
  }

  @Test
  void aNodeThatDoesNotHearItIsNoFailure() {
    links.lose(request -> request.endsWith(" b"));
    fail(onA, 4);
    assertThat(attempt(onB, "192.0.2.1", false)).isDone();
  }

  @Test
  void theMessageIsReadAsItWasWritten() {
    var news = new ArrayList<Attempted>();
    for (int i = 0; i < ClusterLoginNews.MAX_GATHERED; i++) {
      news.add(
          new Attempted(
              i % 2 == 0,
              List.of(new Suspect.Address("192.0.2." + i), new Suspect.Account("é" + i))));
    }
    byte[] message = ClusterLoginNews.encode(news);
    assertThat(ClusterLoginNews.decode(message)).isEqualTo(news);
    message[0] = 2;
    assertThat(ClusterLoginNews.decode(message)).isEmpty();
    assertThatThrownBy(() -> ClusterLoginNews.decode(new byte[] {1, 5}))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aNameThatNobodyHasIsCut() {
    var told = new Attempted(true, List.of(new Suspect.Account("x".repeat(10_000))));
    assertThat(ClusterLoginNews.decode(ClusterLoginNews.encode(List.of(told))))
        .containsExactly(
            new Attempted(
                true,
                List.of(new Suspect.Account("x".repeat(ClusterLoginNews.MAX_NAME_CHARACTERS)))));
  }
}
