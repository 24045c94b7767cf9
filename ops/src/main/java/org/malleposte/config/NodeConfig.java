package org.malleposte.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.malleposte.delivery.NextHop;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.tables.PrivacyFlag;

/**
 * The configuration of one node (DESIGN §7), complete and checked: every key has a value, every
 * path is absolute. Immutable.
 */
public record NodeConfig(
    Node node,
    Cluster cluster,
    Mail mail,
    Tls tls,
    List<Listener> smtp,
    List<Listener> imap,
    List<Listener> pop3,
    List<Listener> lmtp,
    Http http,
    Failover failover,
    Queue queue,
    Store store,
    Limits limits) {

  /**
   * @param data spool and store of this node
   * @param store false on a front node, which holds no mailboxes
   */
  public record Node(NodeName name, Role role, Path data, boolean store) {
    public Path spoolDirectory() {
      return data.resolve("spool");
    }

    public Path copiesDirectory() {
      return data.resolve("copies");
    }

    public Path storeDirectory() {
      return data.resolve("store");
    }

    /** What primaries have published, on a secondary. */
    public Path tablesDirectory() {
      return data.resolve("tables");
    }

    /** What the commands show to the HTTP interface. */
    public Path tokenFile() {
      return data.resolve("admin.token");
    }
  }

  /**
   * @param listen Hazelcast; the other links are some ports further on
   * @param advertise what other nodes connect to
   * @param members the founders, the same list on every node; empty: a single node, unless {@code
   *     dns}
   * @param dns resolves to all members
   * @param founders how many store nodes found the cluster
   */
  public record Cluster(
      String name,
      HostPort listen,
      HostPort advertise,
      List<HostPort> members,
      Optional<String> dns,
      int founders,
      Optional<LinkTls> tls) {
    public static final int EVENT_BUS_OFFSET = 1;
    public static final int RAFT_OFFSET = 2;

    /** Where a node asks to be let in. */
    public static final int GATE_OFFSET = 3;

    public Cluster {
      members = List.copyOf(members);
    }

    /** Whether there are, or may come, other nodes. */
    public boolean isAlone() {
      return members.isEmpty() && dns.isEmpty();
    }

    public HostPort eventBus() {
      return listen.plus(EVENT_BUS_OFFSET);
    }

    public HostPort raft() {
      return listen.plus(RAFT_OFFSET);
    }
  }

  /** Mutual TLS between nodes, PEM files. */
  public record LinkTls(Path certificate, Path key, Path ca) {}

  /**
   * @param tables directory of sendmail's tables
   * @param accounts Dovecot's passwd-file
   * @param maxMessageSizeBytes of a message with its headers
   * @param smartHosts take all mail to elsewhere, the first that answers; empty: MX
   * @param loginMessage as {@code confSMTP_LOGIN_MSG}; empty: the program's own
   */
  public record Mail(
      Path tables,
      Path aliases,
      Path dovecot,
      Path accounts,
      long maxMessageSizeBytes,
      List<NextHop> smartHosts,
      Optional<String> loginMessage,
      Set<PrivacyFlag> privacy) {
    public Mail {
      smartHosts = List.copyOf(smartHosts);
      privacy = Set.copyOf(privacy);
    }
  }

  /**
   * For the mail protocols, PEM files.
   *
   * @param given empty: a self-signed certificate is made at the first start
   * @param more shown to clients that ask for a name in one of these (RFC 6066 §3)
   */
  public record Tls(
      Optional<KeyPairFiles> given, List<KeyPairFiles> more, Path selfSignedDirectory) {
    public Tls {
      more = List.copyOf(more);
    }

    /** A certificate chain and its key. */
    public record KeyPairFiles(Path certificate, Path key) {}
  }

  /** Health, metrics and administration. */
  public record Http(HostPort listen) {}

  /**
   * @param promoteAfter empty: never, hold until a primary is back
   */
  public record Failover(Optional<Duration> promoteAfter) {}

  /**
   * @param copies how many nodes hold a queued mail, this one included
   * @param strict no 250 without all copies, also when no other node is alive
   * @param lifetime then a mail bounces
   * @param warnAfter then its sender hears that it is late
   * @param minFreeBytes of disk; below, mail is refused with 452
   */
  public record Queue(
      int copies,
      boolean strict,
      Duration adoptAfter,
      Duration lifetime,
      Duration warnAfter,
      long minFreeBytes) {}

  /** Fixed when the cluster is founded. */
  public record Store(int shards) {}

  /**
   * @param recipients of a mail
   * @param errorsBeforeDelay of a session, or refused recipients; then it is answered slowly
   * @param hops {@code Received} fields of a mail
   * @param headerBytes of a mail
   * @param connections at once, of each protocol
   * @param clientConnections at once, of one address
   */
  public record Limits(
      int recipients,
      int errorsBeforeDelay,
      int hops,
      int headerBytes,
      int connections,
      int clientConnections,
      Duration smtpTimeout,
      Duration imapTimeout,
      Duration pop3Timeout) {}

  public NodeConfig {
    smtp = List.copyOf(smtp);
    imap = List.copyOf(imap);
    pop3 = List.copyOf(pop3);
    lmtp = List.copyOf(lmtp);
  }
}
