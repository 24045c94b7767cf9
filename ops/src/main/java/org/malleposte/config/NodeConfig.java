package org.malleposte.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    Auth auth,
    List<Listener> smtp,
    List<Listener> imap,
    List<Listener> pop3,
    List<Listener> manageSieve,
    List<Listener> lmtp,
    Http http,
    Failover failover,
    Queue queue,
    Store store,
    Limits limits,
    List<SpecialMailbox> mailboxes,
    Namespace namespace,
    Quota quota,
    Sieve sieve) {

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
   * @param aliases files of aliases; the first that has a name decides
   * @param accounts Dovecot's passwd-file
   * @param maxMessageSizeBytes of a message with its headers
   * @param smartHosts take all mail to elsewhere, the first that answers; empty: MX
   * @param loginMessage as {@code confSMTP_LOGIN_MSG}; empty: the program's own
   * @param greeting of IMAP and POP3; empty: the program's own
   * @param postmaster who signs what filters reject
   * @param importFrom Dovecot's {@code mail_location}, from which {@code import} reads
   * @param pop3Uidl what POP3 calls a message for ever
   */
  public record Mail(
      Path tables,
      List<Path> aliases,
      Path dovecot,
      Path accounts,
      long maxMessageSizeBytes,
      List<NextHop> smartHosts,
      Optional<String> loginMessage,
      Set<PrivacyFlag> privacy,
      Optional<String> greeting,
      Optional<String> postmaster,
      Optional<String> importFrom,
      UidlFormat pop3Uidl) {
    public Mail {
      aliases = List.copyOf(aliases);
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
      Optional<KeyPairFiles> given,
      List<KeyPairFiles> more,
      Path selfSignedDirectory,
      TlsVersion minimum) {
    public Tls {
      more = List.copyOf(more);
    }

    /** With all versions that are spoken at all. */
    public Tls(Optional<KeyPairFiles> given, List<KeyPairFiles> more, Path selfSignedDirectory) {
      this(given, more, selfSignedDirectory, TlsVersion.TLS_1_2);
    }

    /** A certificate chain and its key. */
    public record KeyPairFiles(Path certificate, Path key) {}
  }

  /** RFC 8996: nothing below 1.2. */
  public enum TlsVersion {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String number;

    TlsVersion(String number) {
      this.number = number;
    }

    public String number() {
      return number;
    }

    static TlsVersion named(String number) {
      return Arrays.stream(values())
          .filter(version -> version.number.equals(number))
          .findAny()
          .orElseThrow(() -> new IllegalArgumentException("'" + number + "' is not 1.2 or 1.3"));
    }
  }

  /**
   * How clients log in.
   *
   * @param policy what the file says of mechanisms; where it is silent, {@code sendmail.mc} decides
   * @param mailboxPolicy of IMAP and POP3, where {@code policy} is silent
   * @param unencrypted of IMAP and POP3
   * @param upgradeHashes at a login, of accounts in the directory
   * @param clientCa whose client certificates are known
   * @param clientCaDirectory more of them, see {@link AuthorityDirectory}; without both none is
   *     asked for
   */
  public record Auth(
      LoginPolicy policy,
      LoginPolicy mailboxPolicy,
      LoginLinks unencrypted,
      UsernameFormat usernameFormat,
      boolean upgradeHashes,
      Optional<Path> clientCa,
      Optional<Path> clientCaDirectory,
      Optional<Ldap> ldap,
      Optional<Oauth> oauth,
      Optional<Kerberos> kerberos) {}

  /**
   * Checks passwords that are not kept here, by a bind.
   *
   * @param url {@code ldap://host:port} or {@code ldaps://host:port}
   * @param ca empty: what the JDK trusts
   * @param users how the user's entry is found
   */
  public record Ldap(
      URI url,
      boolean startTls,
      Optional<Path> ca,
      LdapUsers users,
      Duration timeout,
      int connections) {}

  /** How the entry of a user is found; {@code %u}, {@code %n} and {@code %d} are of its login. */
  public sealed interface LdapUsers {
    /** {@code uid=%n,ou=people,dc=example,dc=org}. */
    record ByName(String dn) implements LdapUsers {}

    /**
     * @param bindDn who searches; empty: anonymous
     * @param passwordFile of {@code bindDn}
     * @param password or this
     */
    record BySearch(
        String base,
        String filter,
        Optional<String> bindDn,
        Optional<Path> passwordFile,
        Optional<Secret> password)
        implements LdapUsers {
      /** The password is in a file, or there is none. */
      public BySearch(
          String base, String filter, Optional<String> bindDn, Optional<Path> passwordFile) {
        this(base, filter, bindDn, passwordFile, Optional.empty());
      }
    }
  }

  /**
   * Bearer tokens: JWTs that one of the keys has signed.
   *
   * @param claim that names the user
   */
  public record Oauth(TokenKeys keys, String issuer, String audience, String claim) {}

  /** Where the keys are. */
  public sealed interface TokenKeys {
    record InFile(Path file) implements TokenKeys {}

    record AtUrl(URI url) implements TokenKeys {}
  }

  /**
   * @param realm whose principals are ours by their short names; empty: the keytab's
   */
  public record Kerberos(Path keytab, Optional<String> realm) {}

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

  /**
   * @param shards fixed when the cluster is founded
   * @param keepExpunged how long an expunged mail can be brought back; the same on all nodes
   */
  public record Store(int shards, Duration keepExpunged) {}

  /**
   * @param recipients of a mail
   * @param errorsBeforeDelay of a session, or refused recipients; then it is answered slowly
   * @param hops {@code Received} fields of a mail
   * @param headerBytes of a mail
   * @param connections at once, of each protocol
   * @param connectionsPerSecond of SMTP, of all clients; 0: no limit
   * @param clientConnections at once, of one address
   * @param imapUserConnections of one user from one address
   * @param imapIdleNotify how often a client in IDLE hears something
   */
  public record Limits(
      int recipients,
      int errorsBeforeDelay,
      int hops,
      int headerBytes,
      int connections,
      int connectionsPerSecond,
      int clientConnections,
      Duration smtpTimeout,
      Duration imapTimeout,
      Duration pop3Timeout,
      int imapUserConnections,
      Duration imapIdleNotify) {}

  /**
   * How IMAP names mailboxes.
   *
   * @param prefix before all but INBOX; ends in the separator, or is empty
   */
  public record Namespace(String prefix, char separator) {}

  /**
   * What an account may hold, unless it has rules of its own.
   *
   * @param byDefault for all its mailboxes together; empty: there is no limit
   * @param mailboxes where one may hold more, or does not count
   * @param grace of the default rule, by which the last mail may exceed it
   */
  public record Quota(Optional<QuotaRule> byDefault, List<QuotaRule> mailboxes, QuotaLimit grace) {
    public Quota {
      mailboxes = List.copyOf(mailboxes);
    }

    /** With rules that count before these: of one mailbox what the later one says. */
    public Quota with(List<QuotaRule> rules) {
      Optional<QuotaRule> first = byDefault;
      var others = new LinkedHashMap<String, QuotaRule>();
      mailboxes.forEach(rule -> others.put(rule.mailbox(), rule));
      for (QuotaRule rule : rules) {
        if (rule.isDefault()) {
          first = Optional.of(first.map(rule::over).orElse(rule));
        } else {
          others.merge(rule.mailbox(), rule, (before, now) -> now.over(before));
        }
      }
      return new Quota(first, List.copyOf(others.values()), grace);
    }

    /**
     * Of one user.
     *
     * @param extraFields of his line in Dovecot's passwd-file, {@code userdb_quota_rule=...}; what
     *     is no rule is left out
     */
    public Quota of(Map<String, String> extraFields) {
      var rules = new ArrayList<QuotaRule>();
      new TreeMap<>(extraFields)
          .forEach(
              (name, value) -> {
                if (name.matches("userdb_quota_rule[0-9]*")) {
                  try {
                    rules.add(QuotaRule.parse(value));
                  } catch (IllegalArgumentException | ArithmeticException _) {
                    return; // check tells of it
                  }
                }
              });
      return with(rules);
    }
  }

  /**
   * The postmaster's Sieve scripts.
   *
   * @param before run before each user's own
   * @param after run after it, where it keeps the mail
   * @param byDefault of who has no active script
   */
  public record Sieve(Optional<Path> before, Optional<Path> after, Optional<Path> byDefault) {}

  public NodeConfig {
    smtp = List.copyOf(smtp);
    imap = List.copyOf(imap);
    pop3 = List.copyOf(pop3);
    manageSieve = List.copyOf(manageSieve);
    lmtp = List.copyOf(lmtp);
    mailboxes = List.copyOf(mailboxes);
  }
}
