package org.malleposte.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.malleposte.json.Json;

/** Calls a node's HTTP interface. Blocks. */
final class AdminClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The node itself gives up after 30 s. */
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  private final URI base;
  private final String token;

  /**
   * @param base such as {@code http://127.0.0.1:8080}
   */
  AdminClient(URI base, String token) {
    if (base.getHost() == null
        || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
      throw new IllegalArgumentException("not an HTTP address: " + base);
    }
    this.base = base;
    this.token = token;
  }

  Map<String, Object> get(String path) throws CliFailure {
    return call("GET", path, Map.of());
  }

  Map<String, Object> post(String path, Map<String, Object> body) throws CliFailure {
    return call("POST", path, body);
  }

  /**
   * @param path below {@code /api/v1}
   * @return the answer, a JSON object
   * @throws CliFailure for any status but 200
   */
  Map<String, Object> call(String method, String path, Map<String, Object> body) throws CliFailure {
    if ("http".equals(base.getScheme()) && !isThisMachine(base.getHost())) {
      throw new CliFailure(
          ExitStatus.NO_PERMISSION,
          "the token, and a password, would go to "
              + base
              + " in clear; run this on the node itself, or come through ssh -L");
    }
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/api/v1" + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body.isEmpty() ? "" : Json.write(body)))
            .build();
    try (HttpClient http = client()) {
      return answer(http.send(request, BodyHandlers.ofString()));
    } catch (HttpTimeoutException e) {
      throw new CliFailure(ExitStatus.LATER, "the node at " + base + " does not answer in time");
    } catch (ConnectException e) {
      throw new CliFailure(
          ExitStatus.UNAVAILABLE,
          "no node answers at "
              + base
              + "; start it with malleposte serve, or name another with --url and --token-file");
    } catch (IOException e) {
      throw new CliFailure(
          ExitStatus.UNAVAILABLE, "lost the node at " + base + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure(ExitStatus.LATER, "interrupted");
    }
  }

  private static boolean isThisMachine(String host) throws CliFailure {
    try {
      var address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      throw new CliFailure(ExitStatus.UNAVAILABLE, host + " cannot be looked up");
    }
  }

  private static HttpClient client() {
    // The offer to go on in HTTP/2 is of no use here and has cost answers over 16 KiB.
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT_TIMEOUT)
        .build();
  }

  /** A part of a path or query as it must stand there. */
  static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Map<String, Object> answer(HttpResponse<String> response) throws CliFailure {
    Map<String, Object> body;
    try {
      body = Json.readObject(response.body());
    } catch (IllegalArgumentException e) {
      throw new CliFailure(ExitStatus.UNAVAILABLE, "what answers at " + base + " is no Malleposte");
    }
    if (response.statusCode() == 200) {
      return body;
    }
    throw new CliFailure(
        status(response.statusCode()),
        response.statusCode() == 401
            ? "the token is not that of the node at " + base
            : String.valueOf(body.getOrDefault("error", "status " + response.statusCode())));
  }

  private static int status(int http) {
    return switch (http) {
      case 400, 413 -> ExitStatus.USAGE;
      case 401, 403 -> ExitStatus.NO_PERMISSION;
      case 503, 504 -> ExitStatus.LATER;
      case 500 -> ExitStatus.BUG;
      default -> ExitStatus.NO;
    };
  }
}
