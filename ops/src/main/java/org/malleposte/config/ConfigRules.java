package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.malleposte.config.NodeConfig.Cluster;
import org.malleposte.link.ClusterView.Role;

/** What must hold between keys, and between keys and the machine. */
final class ConfigRules {
  private static final long MIN_HEADER_BYTES = 4 << 10;
  private static final long MAX_HEADER_BYTES = 16 << 20;

  private final Settings settings;
  private final Findings findings;

  /**
   * @param file its first line stands for values that nobody has set
   */
  ConfigRules(String file, Settings settings) {
    this.settings = settings;
    this.findings = new Findings(settings, new Origin.InFile(file, 1));
  }

  List<ConfigProblem> problems() {
    clusterPorts();
    if (findings.isEmpty()) {
      PortRules.collisions(settings, findings);
    }
    advertised();
    members();
    linkTls();
    mailTls();
    new AuthRules(settings, findings).check();
    front();
    strict();
    queueTimes();
    header();
    dovecot();
    data();
    return findings.all();
  }

  private void clusterPorts() {
    int last = HostPort.MAX_PORT - Cluster.GATE_OFFSET;
    int port = settings.get(CLUSTER_LISTEN).port();
    if (port < 1 || port > last) {
      findings.error(
          "cluster.listen: port " + port + " leaves no room for the ports after it",
          "choose one from 1 to " + last,
          CLUSTER_LISTEN);
    }
  }

  private void advertised() {
    boolean alone = settings.get(CLUSTER_MEMBERS).isEmpty() && settings.get(CLUSTER_DNS).isEmpty();
    boolean everywhere =
        settings.get(CLUSTER_ADVERTISE).orElse(settings.get(CLUSTER_LISTEN)).isEveryAddress();
    if (!alone && everywhere) {
      findings.error(
          "other nodes cannot connect to " + settings.get(CLUSTER_LISTEN),
          "set cluster.advertise to the address under which they reach this node",
          CLUSTER_ADVERTISE,
          CLUSTER_LISTEN);
    }
  }

  private void members() {
    List<HostPort> members = settings.get(CLUSTER_MEMBERS);
    HostPort self = settings.get(CLUSTER_ADVERTISE).orElse(settings.get(CLUSTER_LISTEN));
    if (!members.isEmpty() && !members.contains(self)) {
      findings.warning(
          "this node's own address " + self + " is not among the founders",
          "add it on every node, unless this node joins a cluster that others have founded",
          CLUSTER_MEMBERS);
    }
    int founders = settings.get(CLUSTER_FOUNDERS);
    if (!members.isEmpty() && founders > members.size()) {
      findings.error(
          "cluster.founders: " + founders + " of only " + members.size() + " members",
          "write 0 for all members",
          CLUSTER_FOUNDERS);
    }
    boolean alone = members.isEmpty() && settings.get(CLUSTER_DNS).isEmpty();
    if (alone && settings.get(NODE_ROLE) == Role.SECONDARY) {
      findings.warning(
          "a secondary alone has no primary to flush to",
          "set cluster.members, or node.role: primary",
          NODE_ROLE);
    }
    if (!alone && !settings.isGiven(NODE_NAME)) {
      findings.error(
          "node.name is not set, and two nodes of one name cannot be in a cluster",
          "give each node a name of its own",
          CLUSTER_MEMBERS,
          CLUSTER_DNS);
    }
  }

  private void linkTls() {
    together(CLUSTER_TLS_CERTIFICATE, CLUSTER_TLS_KEY);
    together(CLUSTER_TLS_CERTIFICATE, CLUSTER_TLS_CA);
    List.of(CLUSTER_TLS_CERTIFICATE, CLUSTER_TLS_KEY, CLUSTER_TLS_CA).forEach(findings::readable);
  }

  private void mailTls() {
    together(TLS_CERTIFICATE, TLS_KEY);
    List.of(TLS_CERTIFICATE, TLS_KEY).forEach(findings::readable);
  }

  private void together(ConfigKey<Optional<Path>> one, ConfigKey<Optional<Path>> other) {
    if (settings.get(one).isPresent() != settings.get(other).isPresent()) {
      boolean first = settings.get(one).isPresent();
      ConfigKey<?> given = first ? one : other;
      ConfigKey<?> missing = first ? other : one;
      findings.error(
          given.path() + " is set, but " + missing.path() + " is not",
          "set both, or neither",
          given);
    }
  }

  private void front() {
    if (!settings.get(NODE_STORE)) {
      findings.error(
          "node.store: a node without mailboxes cannot serve those of the others yet",
          "write true, and let three nodes at most be in a cluster",
          NODE_STORE);
    }
  }

  private void strict() {
    if (settings.get(QUEUE_STRICT) && settings.get(QUEUE_COPIES) < 2) {
      findings.error(
          "queue.strict asks for a copy on another node, queue.copies: 1 for none",
          "set queue.copies: 2, or queue.strict: false",
          QUEUE_STRICT,
          QUEUE_COPIES);
    }
  }

  private void queueTimes() {
    if (settings.get(QUEUE_WARN_AFTER).compareTo(settings.get(QUEUE_LIFETIME)) >= 0) {
      findings.warning(
          "queue.warn-after is not before queue.lifetime: no sender will be warned",
          "make it shorter",
          QUEUE_WARN_AFTER,
          QUEUE_LIFETIME);
    }
  }

  /** A header is in memory while it is looked at. */
  private void header() {
    long bytes = settings.get(LIMITS_HEADER_SIZE);
    if (bytes < MIN_HEADER_BYTES || bytes > MAX_HEADER_BYTES) {
      findings.error(
          "limits.header-size: " + Quantities.showSize(bytes) + " is not in 4KiB to 16MiB",
          "write a size between",
          LIMITS_HEADER_SIZE);
    }
  }

  /** Never ignored in silence. */
  private void dovecot() {
    Path file = settings.get(MAIL_DOVECOT).resolve("dovecot.conf");
    if (Files.exists(file)) {
      findings.warning(
          new Origin.InFile(file.toString(), 1),
          "this version does not read it",
          "set listeners, tls, accounts and limits in the configuration file");
    }
  }

  /** The directory need not exist yet, but it must be possible to create it. */
  private void data() {
    Path existing = settings.get(NODE_DATA);
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      findings.error(
          "node.data: " + existing + " is not a directory", "choose another path", NODE_DATA);
    } else if (!Files.isWritable(existing)) {
      findings.error(
          "node.data: " + existing + " is not writable by this user",
          "change its owner, or choose another path",
          NODE_DATA);
    }
  }
}
