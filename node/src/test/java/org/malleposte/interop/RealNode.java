package org.malleposte.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.demo.NodeProcess;

/**
 * A node alone, as a process of its own, with all its listeners. Its accounts are {@code alice} and
 * {@code bob}, both with the password {@code secret}; its domains {@link #DOMAIN} and what a test
 * adds; all mail to elsewhere goes to a smart host.
 */
public final class RealNode implements AutoCloseable {
  static final String NAME = "mx1.example.org";
  static final String DOMAIN = "example.org";
  static final String PASSWORD = "secret";
  static final long MESSAGE_BYTES_MAX = 8 << 20;

  /** From its first port on. */
  public static final int PORTS = 13;

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Path home;
  private final int port;
  private final NodeProcess process;
  private final Map<String, Inbox> inboxes = new HashMap<>();

  /**
   * Writes its files; starts nothing.
   *
   * @param port the first of {@link #PORTS}
   * @param smartHost its port
   */
  public RealNode(Path home, int port, List<String> moreDomains, int smartHost) throws IOException {
    this.home = Files.createDirectories(home);
    this.port = port;
    process =
        new NodeProcess(
            home.resolve("malleposte.yaml"),
            home.resolve("node.log"),
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    var tables = Files.createDirectories(home.resolve("etc/mail"));
    Files.writeString(
        tables.resolve("local-host-names"), DOMAIN + "\n" + String.join("\n", moreDomains) + "\n");
    Files.writeString(home.resolve("etc/users"), "alice:{PLAIN}secret\nbob:{PLAIN}secret\n");
    Files.writeString(home.resolve("malleposte.yaml"), yaml(smartHost));
  }

  private String yaml(int smartHost) {
    return """
        node: {name: %s}
        cluster: {listen: '127.0.0.1:%d'}
        mail: {smart-host: '127.0.0.1:%d', max-message-size: %d}
        auth: {mechanisms: [scram-sha-256, scram-sha-1, digest-md5, cram-md5, plain, login]}
        smtp:
          - {listen: '127.0.0.1:%d'}
          - {listen: '127.0.0.1:%d', submission: true}
          - {listen: '127.0.0.1:%d', submission: true, tls: implicit}
        imap: [{listen: '127.0.0.1:%d'}, {listen: '127.0.0.1:%d', tls: implicit}]
        pop3: [{listen: '127.0.0.1:%d'}, {listen: '127.0.0.1:%d', tls: implicit}]
        lmtp: [{listen: '127.0.0.1:%d'}]
        http: {listen: '127.0.0.1:%d'}
        """
        .formatted(
            NAME,
            port,
            smartHost,
            MESSAGE_BYTES_MAX,
            smtp(),
            submission(),
            submissions(),
            imap(),
            imaps(),
            pop3(),
            pop3s(),
            lmtp(),
            http());
  }

  /** Adds a line to its configuration. */
  public RealNode configure(String line) throws IOException {
    Files.writeString(home.resolve("malleposte.yaml"), line + "\n", StandardOpenOption.APPEND);
    return this;
  }

  public RealNode start() throws IOException, InterruptedException {
    process.start();
    process.awaitReady(START_LIMIT);
    return this;
  }

  // The first four are the cluster's.
  public int smtp() {
    return port + 4;
  }

  public int submission() {
    return port + 5;
  }

  public int submissions() {
    return port + 6;
  }

  public int imap() {
    return port + 7;
  }

  public int lmtp() {
    return port + 8;
  }

  public int imaps() {
    return port + 10;
  }

  public int pop3() {
    return port + 11;
  }

  public int pop3s() {
    return port + 12;
  }

  private int http() {
    return port + 9;
  }

  Inbox inbox(String account) {
    return inboxes.computeIfAbsent(account, a -> new Inbox(loopback(imap()), a, PASSWORD));
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Tries at once what waits in its queue. */
  void flush() throws IOException, InterruptedException {
    var token = Files.readString(home.resolve("data/admin.token")).strip();
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http() + "/api/v1/queue/flush"))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(response.statusCode() + " " + response.body());
      }
    }
  }

  String log() throws IOException {
    return Programs.text(home.resolve("node.log"));
  }

  @Override
  public void close() throws IOException {
    try {
      process.signal(NodeProcess.Signal.KILL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
