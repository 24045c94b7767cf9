package org.malleposte.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.config.HostPort;
import org.malleposte.config.Listener;
import org.malleposte.config.NodeConfig;
import org.malleposte.link.ClusterView.Role;

/** {@code docker-compose.yml} is three nodes that survive one, as Compose 1.29 and v2 read it. */
class ComposeTest {
  /** What both know and we have tried; 1.29 refuses some that v2 has, and ignores others. */
  private static final Set<String> TOP_KEYS = Set.of("services", "networks", "volumes");

  private static final Set<String> SERVICE_KEYS =
      Set.of(
          "image",
          "build",
          "hostname",
          "restart",
          "read_only",
          "tmpfs",
          "cap_drop",
          "security_opt",
          "mem_limit",
          "pids_limit",
          "stop_grace_period",
          "healthcheck",
          "depends_on",
          "environment",
          "networks",
          "ports",
          "volumes");
  private static final Set<String> HEALTH_KEYS =
      Set.of("test", "interval", "timeout", "start_period", "retries");

  @TempDir Path directory;
  private Yaml compose;

  @BeforeEach
  void read() throws IOException {
    compose = Yaml.read(ContainerFiles.TOP.resolve("docker-compose.yml"));
  }

  @Test
  void bothComposesKnowEveryKey() {
    assertThat(compose.map().keySet())
        .allMatch(key -> TOP_KEYS.contains(key) || key.startsWith("x-"));
    services()
        .forEach(
            (name, service) -> {
              assertThat(SERVICE_KEYS).as(name).containsAll(service.map().keySet());
              assertThat(HEALTH_KEYS)
                  .as(name)
                  .containsAll(service.in("healthcheck").map().keySet());
              // 1.29 has only the short forms.
              assertThat(service.find("ports").orElseThrow())
                  .asInstanceOf(InstanceOfAssertFactories.LIST)
                  .allMatch(String.class::isInstance);
            });
  }

  @Test
  void thereAreAPrimaryAndTwoSecondaries() throws IOException {
    Map<String, NodeConfig> nodes = nodes();

    assertThat(nodes.keySet()).containsExactly("mx1", "mx2", "mx3");
    assertThat(nodes.values())
        .extracting(node -> node.node().role())
        .containsExactly(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);
    assertThat(nodes.values()).extracting(node -> node.node().name()).doesNotHaveDuplicates();
    assertThat(nodes.values()).extracting(node -> node.cluster().name()).containsOnly("malleposte");
  }

  @Test
  void theNodesAreTheFoundersAndMeetOnTheNetworkThatLeadsNowhere() throws IOException {
    Map<String, NodeConfig> nodes = nodes();
    List<HostPort> advertised =
        nodes.values().stream().map(node -> node.cluster().advertise()).toList();

    assertThat(nodes.values())
        .allSatisfy(node -> assertThat(node.cluster().members()).isEqualTo(advertised));
    assertThat(compose.text("networks.cluster.internal")).isEqualTo("true");
    assertThat(compose.in("networks").map().keySet()).containsExactlyInAnyOrder("cluster", "edge");
    services()
        .forEach(
            (name, service) -> {
              assertThat(service.texts("networks.cluster.aliases"))
                  .containsExactly(nodes.get(name).cluster().advertise().host());
              assertThat(service.find("networks.edge.aliases")).isEmpty();
            });
  }

  @Test
  void eachHasAVolumeOfItsOwnForItsData() throws IOException {
    var volumes = new TreeSet<String>();
    for (Yaml service : services().values()) {
      List<String> data =
          service.texts("volumes").stream()
              .filter(volume -> volume.endsWith(":/var/lib/malleposte"))
              .toList();
      assertThat(data).hasSize(1);
      volumes.add(data.getFirst().split(":")[0]);
    }

    assertThat(volumes).hasSize(3).isEqualTo(compose.in("volumes").map().keySet());
    assertThat(
            Yaml.read(ContainerFiles.TOP.resolve("ops/docker/malleposte.yaml")).text("node.data"))
        .isEqualTo("/var/lib/malleposte");
  }

  @Test
  void portsAreOnLoopbackTheNodesOwnAndGivenOnce() throws IOException {
    var published = new ArrayList<String>();
    Map<String, NodeConfig> nodes = nodes();
    services()
        .forEach(
            (name, service) ->
                service
                    .texts("ports")
                    .forEach(
                        port -> {
                          String[] parts = port.split(":");
                          assertThat(parts).as(port).hasSize(3);
                          assertThat(parts[0]).as(port).isEqualTo("127.0.0.1");
                          published.add(parts[1]);
                          assertThat(ports(nodes.get(name))).contains(Integer.parseInt(parts[2]));
                        }));

    assertThat(published).isNotEmpty().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mx1", "mx2", "mx3"})
  void aServiceMayDoLittleAndIsWatched(String name) {
    Yaml service = services().get(name);

    assertThat(service.text("read_only")).isEqualTo("true");
    assertThat(service.texts("cap_drop")).containsExactly("ALL");
    assertThat(service.texts("security_opt")).containsExactly("no-new-privileges:true");
    assertThat(service.texts("tmpfs")).allMatch(tmpfs -> tmpfs.contains("size="));
    assertThat(service.text("mem_limit")).isNotEmpty();
    assertThat(service.text("restart")).isEqualTo("unless-stopped");
    assertThat(service.texts("healthcheck.test"))
        .containsExactly("CMD", "/opt/malleposte/bin/healthcheck", "ready");
    assertThat(service.texts("volumes"))
        .allMatch(volume -> volume.startsWith(name + "-data:") || volume.endsWith(":ro"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mx1", "mx2", "mx3"})
  void malleposteCheckFindsNothing(String name) throws IOException {
    container(name).check(environment(services().get(name)));
  }

  /** The file beside it adds a certificate to each node, and the keys of the others to none. */
  @Test
  void withCertificatesEachNodeHasItsOwn() throws IOException {
    Yaml added = Yaml.read(ContainerFiles.TOP.resolve("ops/docker/cluster-tls.yml"));

    assertThat(added.in("services").map().keySet()).isEqualTo(services().keySet());
    for (String name : services().keySet()) {
      Yaml service = added.in("services." + name);
      assertThat(service.map().keySet()).containsExactlyInAnyOrder("environment", "volumes");
      assertThat(service.texts("volumes"))
          .containsExactly("./ops/docker/tls/" + name + ":/etc/malleposte/tls:ro");
      ContainerFiles files = container(name);
      for (String file : List.of("node.pem", "node.key", "ca.pem")) {
        files.put("/etc/malleposte/tls/" + file, "");
      }
      Map<String, String> environment = environment(services().get(name));
      environment.putAll(environment(service));
      assertThat(files.load(environment).cluster().tls())
          .contains(
              new NodeConfig.LinkTls(
                  files.at("/etc/malleposte/tls/node.pem"),
                  files.at("/etc/malleposte/tls/node.key"),
                  files.at("/etc/malleposte/tls/ca.pem")));
    }
  }

  private Map<String, NodeConfig> nodes() throws IOException {
    var nodes = new LinkedHashMap<String, NodeConfig>();
    for (var service : services().entrySet()) {
      nodes.put(
          service.getKey(), container(service.getKey()).load(environment(service.getValue())));
    }
    return nodes;
  }

  private ContainerFiles container(String name) throws IOException {
    var files = new ContainerFiles(directory.resolve(name));
    for (String volume : services().get(name).texts("volumes")) {
      String[] parts = volume.split(":");
      if (parts[0].startsWith("./")) {
        Path mounted = ContainerFiles.TOP.resolve(parts[0]);
        assertThat(Files.isDirectory(mounted)).as(volume).isTrue();
        files.mount(mounted, parts[1]);
      }
    }
    return files;
  }

  private Map<String, Yaml> services() {
    var services = new LinkedHashMap<String, Yaml>();
    compose
        .in("services")
        .map()
        .keySet()
        .forEach(name -> services.put(name, compose.in("services." + name)));
    return services;
  }

  private static Map<String, String> environment(Yaml service) {
    var environment = new LinkedHashMap<String, String>();
    service
        .in("environment")
        .map()
        .forEach((key, value) -> environment.put(key, String.valueOf(value)));
    return environment;
  }

  static Set<Integer> ports(NodeConfig node) {
    var ports = new TreeSet<Integer>();
    for (List<Listener> listeners : List.of(node.smtp(), node.imap(), node.pop3(), node.lmtp())) {
      listeners.forEach(listener -> ports.add(listener.port()));
    }
    ports.add(node.http().listen().port());
    return ports;
  }
}
