package org.malleposte.admin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.config.HostPort;
import org.malleposte.json.Json;
import org.malleposte.mail.AccountName;
import org.malleposte.metrics.MeterRegistries;

class AdminVerticleTest {
  private static final String TOKEN = "0123456789abcdef";
  private final FakeNode node = new FakeNode();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminVerticle verticle;

  @BeforeEach
  void start() throws Exception {
    verticle =
        new AdminVerticle(
            new HostPort("127.0.0.1", 0),
            AdminToken.of(TOKEN),
            new AdminServices(node, node, node, node, MeterRegistries.forProcess()));
    vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void healthIsOpenAndGivesReasons() throws Exception {
    assertThat(open("/health/live")).isEqualTo("200 {\"live\":true,\"reasons\":[]}");
    node.unready = List.of("the spool is not open");
    assertThat(open("/health/ready"))
        .isEqualTo("503 {\"ready\":false,\"reasons\":[\"the spool is not open\"]}");
    assertThat(open("/health/live")).startsWith("200");
    node.deadly = List.of("an event loop hangs");
    assertThat(open("/health/live")).startsWith("503").contains("an event loop hangs");
  }

  @Test
  void metricsAreOpen() throws Exception {
    assertThat(open("/metrics")).startsWith("200").contains("jvm_memory_used_bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/cluster",
    "POST,/api/v1/promote",
    "POST,/api/v1/demote",
    "POST,/api/v1/reload",
    "GET,/api/v1/queue",
    "GET,/api/v1/queue/01KJMNC8R000000000000000",
    "POST,/api/v1/queue/flush",
    "POST,/api/v1/queue/adopt",
    "DELETE,/api/v1/queue/x",
    "GET,/api/v1/users",
    "POST,/api/v1/users",
    "PUT,/api/v1/users/alice/password",
    "DELETE,/api/v1/users/alice",
    "GET,/api/v1/nothing"
  })
  void allElseNeedsTheToken(String method, String path) throws Exception {
    var request = HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString("{}"));

    assertThat(send(request.build())).startsWith("401");
    for (String wrong :
        List.of("Bearer x", "Bearer ", "Basic " + TOKEN, TOKEN, "Bearer " + TOKEN + "0")) {
      assertThat(send(request.setHeader("Authorization", wrong).build())).startsWith("401");
    }
    assertThat(node.calls).isEmpty();
  }

  @Test
  void theClusterHasNodesAndShards() throws Exception {
    String answer = call("GET", "/api/v1/cluster", "");

    assertThat(answer).startsWith("200 ");
    Map<String, Object> json = Json.readObject(answer.substring(4));
    assertThat(json)
        .containsEntry("cluster", "malleposte")
        .containsEntry("self", "mx1.test")
        .containsEntry("majority", true)
        .containsEntry(
            "shards",
            List.of(
                Map.of("name", "directory", "leader", "mx1.test", "applied", 12),
                requireNonNull(Json.read("{\"name\":\"0\",\"leader\":null,\"applied\":7}"))));
    assertThat((List<?>) json.get("nodes"))
        .first()
        .isEqualTo(
            Map.ofEntries(
                Map.entry("name", "mx1.test"),
                Map.entry("role", "primary"),
                Map.entry("ready", true),
                Map.entry("mayDeliver", true),
                Map.entry("reason", "primary"),
                Map.entry("version", "0.1.0"),
                Map.entry("since", "2026-03-01T12:00:00Z"),
                Map.entry("addresses", Map.of("smtp", "127.0.0.1:2525")),
                Map.entry("spool", Map.of("entries", 2, "bytes", 2468, "copies", 1)),
                Map.entry("spoolId", "spool-mx1.test"),
                Map.entry("storeId", "store-mx1.test")));
  }

  @Test
  void theQueueIsListedShownAndWorkedOn() throws Exception {
    String id = node.enqueue(1).id().value();
    node.enqueue(2);

    assertThat(call("GET", "/api/v1/queue?limit=1", ""))
        .startsWith(
            "200 {\"total\":2,\"entries\":[{\"id\":\"" + id + "\",\"from\":\"alice@far.test\"")
        .contains("\"size\":1234,\"accepted\":\"2026-03-01T12:00:01Z\",\"attempts\":3")
        .contains("{\"to\":\"bob@mx.test\",\"account\":\"bob\",\"state\":\"delivered\"")
        .contains("\"state\":\"pending\",\"detail\":\"connection refused\"}]}]}");
    assertThat(call("GET", "/api/v1/queue?after=" + id, "")).contains(FakeNode.id(2).value());
    assertThat(call("GET", "/api/v1/queue/" + id, "")).contains("\"header\":\"Subject: hello");
    assertThat(call("POST", "/api/v1/queue/flush", "")).isEqualTo("200 {\"flushed\":2}");
    for (String action : List.of("flush", "hold", "release")) {
      assertThat(call("POST", "/api/v1/queue/" + id + "/" + action, ""))
          .isEqualTo("200 {\"done\":\"" + action + " " + id + "\"}");
    }
    assertThat(call("DELETE", "/api/v1/queue/" + id, "")).startsWith("200");
    assertThat(call("GET", "/api/v1/queue/" + id, ""))
        .isEqualTo("404 {\"error\":\"no entry " + id + "\"}");
  }

  @Test
  void usersComeAndGo() throws Exception {
    assertThat(call("POST", "/api/v1/users", "{\"name\":\"Alice\",\"password\":\"secret\"}"))
        .isEqualTo("200 {\"done\":\"alice is in the directory, valid on all nodes\"}");
    assertThat(call("POST", "/api/v1/users", "{\"name\":\"alice\",\"password\":\"x\"}"))
        .startsWith("409");
    assertThat(call("GET", "/api/v1/users", ""))
        .isEqualTo("200 {\"users\":[{\"name\":\"alice\",\"source\":\"directory\"}]}");
    assertThat(call("PUT", "/api/v1/users/alice/password", "{\"password\":\"new\"}"))
        .startsWith("200");
    assertThat(node.passwords).containsEntry(AccountName.of("alice"), "new");
    assertThat(call("DELETE", "/api/v1/users/alice", "")).startsWith("200");
    assertThat(call("DELETE", "/api/v1/users/alice", "")).startsWith("404");
  }

  @Test
  void answersHaveTheirStatus() throws Exception {
    assertThat(call("POST", "/api/v1/promote", "")).startsWith("200");
    node.majority = false;
    assertThat(call("POST", "/api/v1/promote", ""))
        .isEqualTo("503 {\"error\":\"the store has no majority\"}");
    assertThat(call("POST", "/api/v1/demote", "")).startsWith("409");
    assertThat(call("POST", "/api/v1/reload", ""))
        .isEqualTo("200 {\"reloaded\":[\"tables: 4 files\"],\"warnings\":[\"access:3: odd\"]}");
    assertThat(call("POST", "/api/v1/reload?scope=node", "")).contains("tables: 4 files here");
    assertThat(call("GET", "/api/v1/nothing", ""))
        .isEqualTo("404 {\"error\":\"no such resource\"}");
    assertThat(call("POST", "/api/v1/cluster", "")).startsWith("405 {\"error\"");
  }

  @Test
  void aBugIs500AndTellsNothing() throws Exception {
    assertThat(call("POST", "/api/v1/queue/adopt", "{\"node\":\"mx9.test\"}"))
        .isEqualTo("500 {\"error\":\"internal error, see the log of the node\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"name\":1}",
        "{\"name\":\"alice\"}",
        "\u0000",
        "{\"name\":\"alice\",\"password\":\"\"}",
        "{\"name\":\"a/b\",\"password\":\"x\"}"
      })
  void aBadBodyIs400(String body) throws Exception {
    assertThat(call("POST", "/api/v1/users", body)).startsWith("400 {\"error\":");
    assertThat(node.passwords).isEmpty();
  }

  @Test
  void aLongBodyIs413() throws Exception {
    String body = "x".repeat((int) AdminVerticle.MAX_BODY_BYTES + 1);

    assertThat(call("POST", "/api/v1/users", body)).startsWith("413 {\"error\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "after=x", "limit=99999999999"})
  void badQueriesAre400(String query) throws Exception {
    assertThat(call("GET", "/api/v1/queue?" + query, "")).startsWith("400 {\"error\":");
  }

  private String open(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private String call(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer " + TOKEN)
            .method(method, BodyPublishers.ofString(body))
            .build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    return response.statusCode() + " " + response.body().strip();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + verticle.port() + path);
  }
}
