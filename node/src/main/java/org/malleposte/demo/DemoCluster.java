package org.malleposte.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.malleposte.mail.AccountName;

/**
 * A cluster on loopback, each node a process with a directory of its own below one root:
 * configuration, tables, data, log. The first node is the primary. Used by the demo and by the
 * tests that kill.
 */
public final class DemoCluster implements AutoCloseable {
  /**
   * What to build.
   *
   * @param nodes how many; the first is the primary, the others are secondaries
   * @param accounts how many mailboxes: {@code user0}, {@code user1}, ...
   * @param extraYaml appended to each node's configuration, such as {@code failover:
   *     {promote-after: 3s}}
   */
  public record Plan(int nodes, int accounts, List<String> extraYaml, List<String> jvmOptions) {
    public static Plan of(int nodes, int accounts) {
      return new Plan(nodes, accounts, List.of(), List.of("-Xmx256m"));
    }

    public Plan {
      extraYaml = List.copyOf(extraYaml);
      jvmOptions = List.copyOf(jvmOptions);
    }

    public Plan with(String yaml) {
      var more = new ArrayList<>(extraYaml);
      more.add(yaml);
      return new Plan(nodes, accounts, more, jvmOptions);
    }
  }

  /** A node and where it listens, all on loopback. */
  public record DemoNode(
      String name,
      Path home,
      int clusterPort,
      int smtp,
      int submission,
      int imap,
      int pop3,
      int http,
      NodeProcess process) {
    public Path config() {
      return home.resolve("malleposte.yaml");
    }

    public Path data() {
      return home.resolve("data");
    }

    InetSocketAddress loopback(int port) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public InetSocketAddress smtpAddress() {
      return loopback(smtp);
    }

    public InetSocketAddress imapAddress() {
      return loopback(imap);
    }
  }

  public static final String DOMAIN = "example.org";
  private static final int PORTS_PER_NODE = 10;

  private final Path root;
  private final List<DemoNode> nodes;
  private final List<AccountName> accounts;

  /** Writes the files of all nodes below {@code root}; starts nothing. */
  public DemoCluster(Path root, Plan plan) throws IOException {
    this.root = root;
    accounts =
        IntStream.range(0, plan.accounts()).mapToObj(i -> new AccountName("user" + i)).toList();
    var made = new ArrayList<DemoNode>();
    int base = freePorts(plan.nodes() * PORTS_PER_NODE);
    for (int i = 0; i < plan.nodes(); i++) {
      made.add(node(i, base + i * PORTS_PER_NODE, plan));
    }
    nodes = List.copyOf(made);
    for (var node : nodes) {
      write(node, plan);
    }
  }

  private DemoNode node(int index, int port, Plan plan) {
    String name = "mx" + (index + 1) + "." + DOMAIN;
    var home = root.resolve("mx" + (index + 1));
    var process =
        new NodeProcess(
            home.resolve("malleposte.yaml"), home.resolve("node.log"), plan.jvmOptions());
    // port to port+3 are the cluster's: Hazelcast, event bus, Raft, gate
    return new DemoNode(
        name, home, port, port + 4, port + 5, port + 6, port + 7, port + 8, process);
  }

  private void write(DemoNode node, Plan plan) throws IOException {
    var tables = Files.createDirectories(node.home().resolve("etc/mail"));
    boolean primary = node == nodes.getFirst();
    // A secondary names the domain in relay-domains, as a backup MX does; what exists there the
    // primary tells.
    Files.writeString(
        tables.resolve(primary ? "local-host-names" : "relay-domains"), DOMAIN + "\n");
    if (primary) {
      var users = new StringBuilder();
      accounts.forEach(a -> users.append(a).append(":{PLAIN}").append(password(a)).append('\n'));
      Files.writeString(node.home().resolve("etc/users"), users);
    }
    var members =
        plan.nodes() == 1
            ? "[]"
            : nodes.stream().map(n -> "127.0.0.1:" + n.clusterPort()).toList().toString();
    var yaml = new StringBuilder();
    yaml.append(
        "node: {name: %s, role: %s, data: data}\n"
            .formatted(node.name(), primary ? "primary" : "secondary"));
    yaml.append(
        "cluster: {name: demo, listen: '127.0.0.1:%d', members: %s}\n"
            .formatted(node.clusterPort(), members));
    yaml.append(
        "mail: {tables: etc/mail, aliases: etc/aliases, dovecot: etc/dovecot, accounts: etc/users}\n");
    yaml.append(
        "smtp: [{listen: '127.0.0.1:%d'}, {listen: '127.0.0.1:%d', submission: true}]\n"
            .formatted(node.smtp(), node.submission()));
    yaml.append("imap: [{listen: '127.0.0.1:%d'}]\n".formatted(node.imap()));
    yaml.append("pop3: [{listen: '127.0.0.1:%d'}]\n".formatted(node.pop3()));
    yaml.append("http: {listen: '127.0.0.1:%d'}\n".formatted(node.http()));
    plan.extraYaml().forEach(line -> yaml.append(line).append('\n'));
    Files.writeString(node.config(), yaml);
  }

  public List<DemoNode> nodes() {
    return nodes;
  }

  public DemoNode primary() {
    return nodes.getFirst();
  }

  public List<AccountName> accounts() {
    return accounts;
  }

  public static String password(AccountName account) {
    return "secret-" + account;
  }

  /** Starts all nodes and waits until each says {@code ready}. */
  public void start(Duration limit) throws IOException, InterruptedException {
    for (var node : nodes) {
      node.process().start();
    }
    for (var node : nodes) {
      node.process().awaitReady(limit);
    }
  }

  /** Deletes a node's data, as when its disk has been replaced. The node must be down. */
  public void wipe(DemoNode node) throws IOException {
    if (node.process().isAlive()) {
      throw new IllegalStateException(node.name() + " is running");
    }
    deleteTree(node.data());
  }

  /** Deletes all files of all nodes, which must be down. */
  public void delete() throws IOException {
    deleteTree(root);
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Kills what runs. The files stay. */
  @Override
  public void close() throws IOException {
    for (var node : nodes) {
      try {
        node.process().signal(NodeProcess.Signal.KILL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The first of so many free ports, below those that the system takes for connections. */
  public static int freePorts(int count) throws IOException {
    int start = 20_000 + (int) (ProcessHandle.current().pid() * 131 % 8_000);
    for (int base = start; base < 32_000 - count; base += count) {
      if (IntStream.range(base, base + count).allMatch(DemoCluster::isFree)) {
        return base;
      }
    }
    throw new IOException("no " + count + " free ports in a row above " + start);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
