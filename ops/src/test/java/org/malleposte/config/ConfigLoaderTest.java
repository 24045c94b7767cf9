package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.Listener.Tls;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;

class ConfigLoaderTest {
  @TempDir Path directory;

  @Test
  void anEmptyFileIsASingleNodeOnUnprivilegedLoopbackPorts() throws IOException {
    NodeConfig config = load("", Map.of());

    assertThat(config.node().name()).isEqualTo(new NodeName("localhost"));
    assertThat(config.node().role()).isEqualTo(Role.PRIMARY);
    assertThat(config.node().store()).isTrue();
    assertThat(config.node().data()).isEqualTo(directory.resolve("data"));
    assertThat(config.node().tokenFile()).isEqualTo(directory.resolve("data/admin.token"));
    assertThat(config.cluster().isAlone()).isTrue();
    assertThat(config.cluster().founders()).isEqualTo(1);
    assertThat(config.cluster().raft()).isEqualTo(new HostPort("127.0.0.1", 5703));
    assertThat(config.smtp())
        .containsExactly(
            new Listener("127.0.0.1", 2525, Tls.STARTTLS, false),
            new Listener("127.0.0.1", 2587, Tls.STARTTLS, true),
            new Listener("127.0.0.1", 2465, Tls.IMPLICIT, true));
    assertThat(config.imap()).extracting(Listener::port).containsExactly(2143, 2993);
    assertThat(config.pop3()).extracting(Listener::port).containsExactly(2110, 2995);
    // Several nodes of one machine have always named all their ports, and this one is new.
    assertThat(config.manageSieve()).isEmpty();
    assertThat(config.sieve().before()).isEmpty();
    assertThat(config.lmtp()).isEmpty();
    assertThat(config.http().listen()).isEqualTo(new HostPort("127.0.0.1", 8080));
    assertThat(config.failover().promoteAfter()).contains(Duration.ofSeconds(60));
    assertThat(config.queue())
        .isEqualTo(
            new NodeConfig.Queue(
                2,
                false,
                Duration.ofMinutes(5),
                Duration.ofDays(5),
                Duration.ofHours(4),
                256L << 20));
    assertThat(config.mail().maxMessageSizeBytes()).isEqualTo(50L << 20);
    assertThat(config.tls().given()).isEmpty();
    assertThat(listeners(config))
        .allSatisfy(l -> assertThat(l.port()).isGreaterThan(1023))
        .allSatisfy(l -> assertThat(l.host()).isEqualTo("127.0.0.1"));
  }

  private static List<Listener> listeners(NodeConfig config) {
    return Stream.of(config.smtp(), config.imap(), config.pop3()).flatMap(List::stream).toList();
  }

  @Test
  void theFileOfTheDesignLoads() throws IOException {
    ConfigResult result =
        new ConfigLoader(Map.of()).load(Path.of("src/test/resources/config/design.yaml"));

    assertThat(result.problems()).isEmpty();
    NodeConfig config = ((ConfigResult.Loaded) result).config();
    assertThat(config.node().name().value()).isEqualTo("mx1.example.org");
    assertThat(config.cluster().members())
        .extracting(HostPort::toString)
        .containsExactly("127.0.0.1:5701", "127.0.0.1:5711", "127.0.0.1:5721");
    assertThat(config.cluster().founders()).isEqualTo(3);
    assertThat(config.cluster().dns()).isEmpty();
    assertThat(config.cluster().tls()).isEmpty();
    assertThat(config.smtp()).hasSize(3);
  }

  @Test
  void relativePathsAreRelativeToTheFile() throws IOException {
    NodeConfig config = load("node: {data: ../disk}\nmail: {tables: /etc/mail}\n", Map.of());

    assertThat(config.node().data()).isEqualTo(directory.resolveSibling("disk"));
    assertThat(config.mail().tables()).isEqualTo(Path.of("/etc/mail"));
    assertThat(config.mail().accounts()).isEqualTo(directory.resolve("etc/users"));
  }

  @Test
  void everyKeyCanBeSetByTheEnvironment() throws IOException {
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      ConfigResult result = result("", Map.of(key.variable(), key.byDefault()));

      assertThat(result).as(key.variable()).isInstanceOf(ConfigResult.Loaded.class);
      assertThat(((ConfigResult.Loaded) result).effective().toYaml())
          .contains("environment:" + key.variable());
    }
  }

  @Test
  void theEnvironmentWinsOverTheFile() throws IOException {
    NodeConfig config =
        load(
            "node: {role: primary, name: mx1.example.org}\n",
            Map.of(
                "MALLEPOSTE_NODE_ROLE", "secondary",
                "MALLEPOSTE_CLUSTER_MEMBERS", "127.0.0.1:5701, [::1]:5711",
                "MALLEPOSTE_SMTP", "[{listen: '[::]:25'}, {listen: 0.0.0.0:465, tls: implicit}]",
                "MALLEPOSTE_FAILOVER_PROMOTE_AFTER", "never",
                "MALLEPOSTE_LMTP", "",
                "MALLEPOSTE_PORT_25_TCP", "tcp://10.0.0.1:25",
                "MALLEPOSTE_SMTP_SERVICE_HOST", "10.0.0.1",
                "PATH", "/bin"));

    assertThat(config.node().role()).isEqualTo(Role.SECONDARY);
    assertThat(config.cluster().members())
        .containsExactly(new HostPort("127.0.0.1", 5701), new HostPort("::1", 5711));
    assertThat(config.smtp())
        .containsExactly(
            new Listener("::", 25, Tls.STARTTLS, false),
            new Listener("0.0.0.0", 465, Tls.IMPLICIT, false));
    assertThat(config.failover().promoteAfter()).isEmpty();
  }

  @Test
  void theEffectiveConfigurationReadsAsItself() throws IOException {
    ConfigResult.Loaded first =
        (ConfigResult.Loaded)
            result(
                "node: {name: mx1.example.org, role: secondary}\nhttp: {listen: '[::1]:80'}\n",
                Map.of("MALLEPOSTE_QUEUE_LIFETIME", "7d"));
    String yaml = first.effective().toYaml();

    assertThat(yaml)
        .contains("  role: secondary")
        .contains("malleposte.yaml:1")
        .contains("environment:MALLEPOSTE_QUEUE_LIFETIME")
        .contains("  tls:\n    certificate: \"\"");
    assertThat(load(yaml, Map.of())).isEqualTo(first.config());
    assertThat(first.effective().toMap().get("queue"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("lifetime", "7d")
        .containsEntry("strict", false)
        .containsEntry("copies", 2);
  }

  @Test
  void oddButLawfulThingsAreWarnings() throws IOException {
    String lines =
        String.join(
            "\n",
            "node: {name: mx4.example.org}",
            "cluster: {listen: 127.0.0.1:5731, members: [127.0.0.1:5701, 127.0.0.1:5711]}",
            "queue: {warn-after: 6d}");
    ConfigResult result = result(lines, Map.of());

    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .endsWith(
                        "malleposte.yaml:2: warning: this node's own address 127.0.0.1:5731 is"
                            + " not among the founders; add it on every node, unless this node"
                            + " joins a cluster that others have founded"),
            line -> assertThat(line).contains(":3: warning: queue.warn-after is not before"));
    assertThat(result("node: {role: secondary}", Map.of()).problems())
        .extracting(ConfigProblem::what)
        .containsExactly("a secondary alone has no primary to flush to");
  }

  @Test
  void aFrontNodeIsRefusedAndNotMadeAStoreNodeInSilence() throws IOException {
    assertThat(result("node: {store: false}", Map.of()).problems())
        .singleElement()
        .asString()
        .contains(":1: ", "node.store", "write true");
  }

  @Test
  void whatCannotBeTrueTogetherIsAnError() throws IOException {
    assertThat(result("queue: {copies: 1, strict: true}", Map.of()).problems())
        .singleElement()
        .asString()
        .contains(":1: ", "queue.strict", "queue.copies: 2");
  }

  @Test
  void listenersMayBeBehindBalancersAndSubmissionMayBeOpenToAnySender() throws IOException {
    var config =
        load(
            "smtp: [{listen: '127.0.0.1:1', submission: true, senders: any, proxies: [10.0.0.0/8, '::1']}]"
                + "\ntls: {more: [{certificate: a.pem, key: a.key}]}",
            Map.of());
    var listener = config.smtp().getFirst();
    assertThat(listener.senders()).isEqualTo(Listener.Senders.ANY);
    assertThat(listener.proxies()).hasToString("[10.0.0.0/8, 0:0:0:0:0:0:0:1/128]");
    assertThat(config.tls().more().getFirst().key()).isEqualTo(directory.resolve("a.key"));
    for (String wrong :
        List.of(
            "smtp: [{listen: '127.0.0.1:1', proxies: [10.0.0.0/33]}]",
            "smtp: [{listen: '127.0.0.1:1', proxies: [balancer]}]",
            "smtp: [{listen: '127.0.0.1:1', senders: some}]",
            "imap: [{listen: '127.0.0.1:1', senders: any}]",
            "tls: {more: [{certificate: a.pem}]}")) {
      assertThat(result(wrong, Map.of()).problems()).as(wrong).isNotEmpty();
    }
  }

  @Test
  void aBlockOfAddressesIsItsFirstBits() throws Exception {
    var block = AddressBlock.parse("192.0.2.128/25");
    assertThat(block.contains(InetAddress.ofLiteral("192.0.2.200"))).isTrue();
    assertThat(block.contains(InetAddress.ofLiteral("192.0.2.127"))).isFalse();
    assertThat(block.contains(InetAddress.ofLiteral("::1"))).isFalse();
    assertThat(AddressBlock.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("8.8.8.8"))).isTrue();
    assertThat(
            AddressBlock.parse("2001:db8::/33").contains(InetAddress.ofLiteral("2001:db8:8000::")))
        .isFalse();
  }

  @Test
  void aDovecotConfigurationIsNotIgnoredInSilence() throws IOException {
    Path file = directory.resolve("etc/dovecot/dovecot.conf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "protocols = imap\nlog_path = /var/log/dovecot\n");

    assertThat(result("", Map.of()).problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            file
                + ":2: warning: log_path: the log goes to stderr, what is counted to /metrics;"
                + " remove the line");
  }

  @Test
  void keysWithoutValuesBelowASectionAreTheDefaults() throws IOException {
    assertThat(load("node:\n  # name: x\nqueue:\n", Map.of())).isEqualTo(load("", Map.of()));
  }

  private NodeConfig load(String text, Map<String, String> environment) throws IOException {
    ConfigResult result = result(text, environment);
    assertThat(result).as("%s", result.problems()).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  private ConfigResult result(String text, Map<String, String> environment) throws IOException {
    Path file = directory.resolve("malleposte.yaml");
    Files.writeString(file, text);
    return new ConfigLoader(environment).load(file);
  }
}
