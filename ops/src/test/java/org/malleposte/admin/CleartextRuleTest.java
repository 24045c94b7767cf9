package org.malleposte.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.config.HostPort;
import org.malleposte.metrics.MeterRegistries;

/** The rule by itself, and the server with a rule to which 127.0.0.2 is another machine. */
class CleartextRuleTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";
  private static final Optional<String> LOCAL = Optional.of("192.0.2.1");

  private final Vertx vertx = Vertx.vertx();
  private final FakeNode node = new FakeNode();
  private AdminVerticle verticle;

  @BeforeEach
  void start() throws Exception {
    verticle =
        new AdminVerticle(
            new HostPort(HERE, 0),
            AdminToken.of(TOKEN),
            new AdminServices(node, node, node, node, MeterRegistries.forProcess()),
            new CleartextRule(peer -> !peer.getHostAddress().equals(ELSEWHERE)));
    vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.3.2.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"})
  void loopbackMaySpeakInClear(String peer) {
    assertThat(CleartextRule.loopback().refusal(false, Optional.of(peer), LOCAL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "172.18.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "192.0.2.7",
        "2001:db8::1",
        "fe80::1",
        "::",
        "::ffff:192.0.2.7"
      })
  void othersMayNotUnlessEncrypted(String peer) {
    CleartextRule rule = CleartextRule.loopback();

    assertThat(rule.refusal(false, Optional.of(peer), LOCAL)).contains(CleartextRule.REMEDY);
    assertThat(rule.refusal(true, Optional.of(peer), LOCAL)).isEmpty();
  }

  @Test
  void whoHasNoAddressMayNot() {
    assertThat(CleartextRule.loopback().refusal(false, Optional.empty(), LOCAL)).isPresent();
    assertThat(CleartextRule.loopback().refusal(false, Optional.empty(), Optional.empty()))
        .isPresent();
  }

  /** A node that listens on its own outer address is asked by way of it, also from itself. */
  @Test
  void whoComesFromTheAddressItHasReachedIsThisMachine() {
    assertThat(CleartextRule.loopback().refusal(false, LOCAL, LOCAL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/cluster", "/api/v1/nothing", "/", "/console", "/healthy"})
  void fromElsewhereAllIsRefusedWithTheRightTokenToo(String path) throws Exception {
    HttpResponse<String> answer = get(ELSEWHERE, path);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("docker compose exec", "ssh -L", "kubectl port-forward");
    assertThat(node.calls).isEmpty();
    assertThat(get(HERE, path).statusCode()).isNotEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/live", "/health/ready", "/metrics"})
  void healthAndMetricsAreForAnyone(String path) throws Exception {
    assertThat(get(ELSEWHERE, path).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/health/../api/v1/cluster", "/metrics/../api/v1/cluster", "//api/v1/cluster"})
  void noPathLeadsAround(String path) throws Exception {
    assertThat(get(ELSEWHERE, path).statusCode()).isEqualTo(403);
  }

  private HttpResponse<String> get(String from, String path) throws Exception {
    try (var client = HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(from)).build()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://" + HERE + ":" + verticle.port() + path))
              .header("Authorization", "Bearer " + TOKEN)
              .build();
      return client.send(request, BodyHandlers.ofString());
    }
  }
}
