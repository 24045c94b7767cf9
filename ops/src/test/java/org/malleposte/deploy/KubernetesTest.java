package org.malleposte.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.config.NodeConfig;
import org.malleposte.link.ClusterView.Role;

/**
 * What {@code k8s/} asks for keeps the promise: one failure, planned or not, takes one node. On the
 * files themselves, and on what kustomize makes of them.
 */
@ParameterizedClass
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one rendering for all tests of a variant
@ValueSource(strings = {"base", "three-nodes", "three-nodes-tls"})
class KubernetesTest {
  private static final String DATA = "/var/lib/malleposte";
  private static final String HEADLESS = "malleposte-nodes";

  @Parameter String variant;
  @TempDir Path directory;
  private Manifests manifests;
  private List<Yaml> sets;

  @BeforeParameterizedClassInvocation
  void read() throws IOException, InterruptedException {
    manifests = variant.equals("base") ? Manifests.base() : Manifests.rendered(variant);
    sets = manifests.of("StatefulSet");
  }

  @Test
  void thereAreAPrimaryAndTwoSecondaries() throws IOException {
    var roles = new ArrayList<Role>();
    for (Pod pod : pods()) {
      roles.add(pod.config().node().role());
    }

    assertThat(roles).containsExactlyInAnyOrder(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);
  }

  @Test
  void theFoundersAreThePodsByTheNamesThatTheHeadlessServiceGivesThem() throws IOException {
    List<String> names = pods().stream().map(pod -> pod.name() + "." + HEADLESS).toList();
    for (Pod pod : pods()) {
      NodeConfig.Cluster cluster = pod.config().cluster();
      assertThat(cluster.members())
          .extracting(member -> member.host())
          .containsExactlyInAnyOrderElementsOf(names);
      assertThat(cluster.members()).contains(cluster.advertise());
      assertThat(cluster.dns()).contains(HEADLESS);
      assertThat(cluster.advertise().host()).isEqualTo(pod.name() + "." + HEADLESS);
      assertThat(pod.set().text("spec.serviceName")).isEqualTo(HEADLESS);
    }
    Yaml service = manifests.of("Service", HEADLESS);
    assertThat(service.text("spec.clusterIP")).isEqualTo("None");
    // A node that is not ready yet must be found, or none ever is.
    assertThat(service.text("spec.publishNotReadyAddresses")).isEqualTo("true");
  }

  @Test
  void theBudgetKeepsAMajority() {
    List<Yaml> budgets = manifests.of("PodDisruptionBudget");

    assertThat(budgets).as("a pod with two budgets cannot be evicted").hasSize(1);
    int replicas = sets.stream().mapToInt(set -> Integer.parseInt(set.text("spec.replicas"))).sum();
    int away = Integer.parseInt(budgets.getFirst().text("spec.maxUnavailable"));
    assertThat(replicas - away).isGreaterThan(replicas / 2);
    sets.forEach(set -> assertSelects(budgets.getFirst().in("spec.selector.matchLabels"), set));
  }

  @Test
  void noTwoNodesShareAMachine() {
    for (Yaml set : sets) {
      List<Yaml> terms =
          set.maps(
              "spec.template.spec.affinity.podAntiAffinity"
                  + ".requiredDuringSchedulingIgnoredDuringExecution");
      assertThat(terms).hasSize(1);
      assertThat(terms.getFirst().text("topologyKey")).isEqualTo("kubernetes.io/hostname");
      sets.forEach(other -> assertSelects(terms.getFirst().in("labelSelector.matchLabels"), other));
    }
  }

  @Test
  void probesAskWhatTheNodeAnswers() {
    for (Yaml set : sets) {
      Yaml container = container(set);
      assertThat(container.text("startupProbe.httpGet.path")).isEqualTo("/health/live");
      // A node that is not ready is not to be killed: it may be waiting for the others.
      assertThat(container.text("livenessProbe.httpGet.path")).isEqualTo("/health/live");
      assertThat(container.text("readinessProbe.httpGet.path")).isEqualTo("/health/ready");
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        assertThat(container.text(probe + ".httpGet.port")).isEqualTo("http");
      }
    }
  }

  @Test
  void aNodeMayDoLittle() {
    for (Yaml set : sets) {
      Yaml pod = set.in("spec.template.spec");
      assertThat(pod.text("securityContext.runAsNonRoot")).isEqualTo("true");
      assertThat(pod.text("securityContext.runAsUser")).isEqualTo("10001");
      assertThat(pod.text("securityContext.fsGroup")).isEqualTo("10001");
      assertThat(pod.text("securityContext.seccompProfile.type")).isEqualTo("RuntimeDefault");
      assertThat(pod.text("automountServiceAccountToken")).isEqualTo("false");
      Yaml container = container(set);
      assertThat(container.text("securityContext.readOnlyRootFilesystem")).isEqualTo("true");
      assertThat(container.text("securityContext.allowPrivilegeEscalation")).isEqualTo("false");
      assertThat(container.texts("securityContext.capabilities.drop")).containsExactly("ALL");
    }
  }

  @Test
  void memoryIsLimitedAndAStopHasTimeToDrain() {
    for (Yaml set : sets) {
      Yaml resources = container(set).in("resources");
      assertThat(resources.in("requests").map()).containsKeys("cpu", "memory");
      assertThat(resources.in("limits").map()).containsKey("memory");
      assertThat(Integer.parseInt(set.text("spec.template.spec.terminationGracePeriodSeconds")))
          .as("a node drains for 25 s, then closes")
          .isGreaterThanOrEqualTo(60);
    }
  }

  @Test
  void onlyItsOwnDiskAndATemporaryDirectoryAreWritable() {
    for (Yaml set : sets) {
      var writable = new TreeSet<String>();
      for (Yaml mount : container(set).maps("volumeMounts")) {
        if (!mount.text("readOnly").equals("true")) {
          writable.add(mount.text("mountPath"));
        }
        assertThat(mount.find("subPath")).as("would never see a change").isEmpty();
      }
      assertThat(writable).containsExactly("/tmp", DATA);
      List<Yaml> claims = set.maps("spec.volumeClaimTemplates");
      assertThat(claims).hasSize(1);
      assertThat(claims.getFirst().text("metadata.name")).isEqualTo(volumeAt(set, DATA));
      assertThat(claims.getFirst().texts("spec.accessModes")).containsExactly("ReadWriteOnce");
      assertThat(volume(set, volumeAt(set, "/tmp")).text("emptyDir.sizeLimit")).isNotEmpty();
    }
  }

  @Test
  void malleposteCheckFindsNothing() throws IOException {
    for (Pod pod : pods()) {
      pod.files().check(pod.environment());
    }
  }

  @Test
  void thePortsAreThoseOfTheNodeAndServicesAndPolicyNameThem() throws IOException {
    for (Pod pod : pods()) {
      Map<String, Integer> named = new TreeMap<>();
      for (Yaml port : container(pod.set()).maps("ports")) {
        named.put(port.text("name"), Integer.parseInt(port.text("containerPort")));
      }
      NodeConfig config = pod.config();
      Set<Integer> listened = ComposeTest.ports(config);
      for (int offset = 0; offset <= NodeConfig.Cluster.GATE_OFFSET; offset++) {
        listened.add(config.cluster().listen().port() + offset);
      }
      assertThat(named.values()).containsExactlyInAnyOrderElementsOf(listened);
      assertThat(named.get("http")).isEqualTo(config.http().listen().port());
      assertThat(pod.set().in("spec.template.metadata.annotations").map())
          .containsEntry("prometheus.io/port", named.get("http").toString());
      assertThat(named.keySet()).containsAll(targets()).containsAll(allowed());
      for (Yaml port : manifests.of("Service", HEADLESS).maps("spec.ports")) {
        assertThat(named.get(port.text("name")).toString()).isEqualTo(port.text("port"));
      }
    }
  }

  @Test
  void theLinksBetweenNodesAreForNodesOnly() {
    Yaml policy = manifests.of("NetworkPolicy").getFirst();
    sets.forEach(set -> assertSelects(policy.in("spec.podSelector.matchLabels"), set));
    assertThat(policy.texts("spec.policyTypes")).containsExactlyInAnyOrder("Ingress", "Egress");
    for (Yaml rule : policy.maps("spec.ingress")) {
      List<String> ports = rule.maps("ports").stream().map(port -> port.text("port")).toList();
      if (ports.stream().anyMatch(Set.of("hazelcast", "eventbus", "raft", "gate")::contains)) {
        assertThat(rule.maps("from")).hasSize(1);
        sets.forEach(
            set -> assertSelects(rule.maps("from").getFirst().in("podSelector.matchLabels"), set));
      }
    }
  }

  @Test
  void thePrimaryAndTheSecondariesDifferInTheirRoleOnly() {
    List<String> alike =
        sets.stream()
            .map(set -> set.map().toString())
            .map(text -> text.replaceAll("primary-0|secondary-[01]", "founder"))
            .map(text -> text.replaceAll("malleposte-(primary|secondary)(-[0-9a-z]{10})?", "SET"))
            .map(text -> text.replaceAll("(role|ROLE, value)=(primary|secondary)", "ROLE"))
            .map(text -> text.replaceAll("replicas=[0-9]+", "replicas"))
            .distinct()
            .toList();

    assertThat(alike).hasSize(1);
  }

  private Set<String> targets() {
    var targets = new TreeSet<String>();
    manifests
        .of("Service", "malleposte")
        .maps("spec.ports")
        .forEach(port -> targets.add(port.text("targetPort")));
    return targets;
  }

  private Set<String> allowed() {
    var allowed = new TreeSet<String>();
    manifests
        .of("NetworkPolicy")
        .getFirst()
        .maps("spec.ingress")
        .forEach(rule -> rule.maps("ports").forEach(port -> allowed.add(port.text("port"))));
    return allowed;
  }

  private record Pod(Yaml set, String name, Map<String, String> environment, ContainerFiles files) {
    NodeConfig config() {
      return files.load(environment);
    }
  }

  private List<Pod> pods() throws IOException {
    var pods = new ArrayList<Pod>();
    for (Yaml set : sets) {
      for (int i = 0; i < Integer.parseInt(set.text("spec.replicas")); i++) {
        String name = set.text("metadata.name") + "-" + i;
        pods.add(new Pod(set, name, environment(set, name), files(set, name)));
      }
    }
    return pods;
  }

  private static Map<String, String> environment(Yaml set, String pod) {
    var environment = new LinkedHashMap<String, String>();
    for (Yaml variable : container(set).maps("env")) {
      String name = variable.text("name");
      if (name.startsWith("MALLEPOSTE_")) {
        environment.put(name, variable.text("value").replace("$(POD_NAME)", pod));
      } else {
        assertThat(name).isEqualTo("POD_NAME");
        assertThat(variable.text("valueFrom.fieldRef.fieldPath")).isEqualTo("metadata.name");
      }
    }
    return environment;
  }

  private ContainerFiles files(Yaml set, String pod) throws IOException {
    var files = new ContainerFiles(directory.resolve(pod));
    for (Yaml mount : container(set).maps("volumeMounts")) {
      for (var file : content(set, mount.text("name")).entrySet()) {
        files.put(mount.text("mountPath") + "/" + file.getKey(), file.getValue());
      }
    }
    return files;
  }

  /** The files of a volume; those of a secret are named as cert-manager names them. */
  private Map<String, String> content(Yaml set, String volumeName) {
    var content = new HashMap<String, String>();
    if (set.maps("spec.volumeClaimTemplates").getFirst().text("metadata.name").equals(volumeName)) {
      return content;
    }
    Yaml volume = volume(set, volumeName);
    if (volume.find("configMap").isPresent()) {
      manifests
          .of("ConfigMap", volume.text("configMap.name"))
          .in("data")
          .map()
          .forEach((name, text) -> content.put(name, String.valueOf(text)));
    }
    if (volume.find("secret").isPresent()) {
      List.of("tls.crt", "tls.key", "ca.crt").forEach(name -> content.put(name, ""));
    }
    return content;
  }

  private static Yaml container(Yaml set) {
    List<Yaml> containers = set.maps("spec.template.spec.containers");
    assertThat(containers).hasSize(1);
    return containers.getFirst();
  }

  private static String volumeAt(Yaml set, String path) {
    return container(set).maps("volumeMounts").stream()
        .filter(mount -> mount.text("mountPath").equals(path))
        .findFirst()
        .orElseThrow()
        .text("name");
  }

  private static Yaml volume(Yaml set, String name) {
    return set.maps("spec.template.spec.volumes").stream()
        .filter(volume -> volume.text("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no volume " + name));
  }

  private static void assertSelects(Yaml labels, Yaml set) {
    assertThat(labels.map()).isNotEmpty();
    assertThat(set.in("spec.template.metadata.labels").map()).containsAllEntriesOf(labels.map());
  }
}
