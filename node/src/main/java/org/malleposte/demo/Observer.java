package org.malleposte.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.demo.DemoCluster.DemoNode;
import org.malleposte.json.Json;

/** Looks at a node from outside, by its HTTP interface, as a postmaster does. Blocks. */
final class Observer implements AutoCloseable {
  /**
   * What a node says of itself.
   *
   * @param majority whether it sees the store writable
   * @param delivers whether it delivers now
   * @param spooled entries in its spool
   * @param copies entries it holds for others
   */
  record Sight(boolean majority, boolean delivers, long spooled, long copies) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /** Empty when the node does not answer. */
  Optional<Sight> look(DemoNode node) throws InterruptedException {
    try {
      var token = Files.readString(node.data().resolve("admin.token")).strip();
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.http() + "/api/v1/cluster"))
              .timeout(TIMEOUT)
              .header("Authorization", "Bearer " + token)
              .build();
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200
          ? sight(node, Json.readObject(response.body()))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Optional<Sight> sight(DemoNode node, Map<String, Object> cluster) {
    for (Object item : (List<?>) cluster.get("nodes")) {
      var entry = (Map<?, ?>) item;
      if (node.name().equals(entry.get("name"))) {
        var spool = entry.get("spool") instanceof Map<?, ?> map ? map : Map.of();
        return Optional.of(
            new Sight(
                Boolean.TRUE.equals(cluster.get("majority")),
                Boolean.TRUE.equals(entry.get("mayDeliver")),
                number(spool.get("entries")),
                number(spool.get("copies"))));
      }
    }
    return Optional.empty();
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  @Override
  public void close() {
    http.close();
  }
}
