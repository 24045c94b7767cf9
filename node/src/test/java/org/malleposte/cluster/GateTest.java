package org.malleposte.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.link.NodeName;

class GateTest {
  private final Vertx vertx = Vertx.vertx();
  private int port;

  @BeforeEach
  void findPort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort() - 3;
    }
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Gate gate(Gate.Applicant self) {
    var settings =
        new ClusterSettings(
            new NodeName(self.name()),
            self.cluster(),
            "127.0.0.1",
            "127.0.0.1",
            port,
            List.of(),
            Optional.empty());
    return new Gate(vertx, settings, self, new Plain());
  }

  private static Gate.Applicant applicant(
      String cluster, int protocol, String name, String process) {
    return new Gate.Applicant(cluster, protocol, "1.0", name, process);
  }

  private Gate.Answer knock(Gate.Applicant who) throws Exception {
    return gate(who)
        .knock(List.of("127.0.0.1:" + port))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .getFirst();
  }

  @Test
  void letsInWhoFitsAndTellsTheOthersWhy() throws Exception {
    assertThat(knock(applicant("c", 1, "b", "p2"))).isInstanceOf(Gate.Answer.Away.class);
    gate(applicant("c", 1, "a", "p1"))
        .open(who -> who.name().equals("taken"))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    assertThat(knock(applicant("c", 1, "b", "p2"))).isInstanceOf(Gate.Answer.Welcome.class);
    assertRefused(applicant("other", 1, "b", "p2"), "cluster \"other\", this is \"c\"", true);
    assertRefused(applicant("c", 2, "b", "p2"), "protocol 2", true);
    assertRefused(applicant("c", 1, "a", "p2"), "a node named a is a member already", false);
    assertRefused(
        applicant("c", 1, "taken", "p2"), "a node named taken is a member already", false);
  }

  private void assertRefused(Gate.Applicant who, String why, boolean lasting) throws Exception {
    assertThat(knock(who))
        .isInstanceOfSatisfying(
            Gate.Answer.Refused.class,
            refused -> {
              assertThat(refused.why()).contains(why);
              assertThat(refused.lasting()).isEqualTo(lasting);
            });
  }

  @Test
  void saysThatTheOtherSideIsNoGate() throws Exception {
    try (var server = new ServerSocket(port + 3)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  server.accept().close();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(knock(applicant("c", 1, "b", "p2")))
          .isInstanceOfSatisfying(
              Gate.Answer.Refused.class, r -> assertThat(r.why()).contains("cluster.tls"));
    }
  }

  private record Plain() implements ClusterTransport {
    @Override
    public void secure(EventBusOptions options) {}

    @Override
    public void secure(NetServerOptions options) {}

    @Override
    public void secure(NetClientOptions options) {}

    @Override
    public String fingerprint() {
      return "plain";
    }
  }
}
