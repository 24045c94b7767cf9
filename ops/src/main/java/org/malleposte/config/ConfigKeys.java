package org.malleposte.config;

import static org.malleposte.config.AddressListType.ADDRESSES;
import static org.malleposte.config.KeyPairsType.KEY_PAIRS;
import static org.malleposte.config.PathType.PATH;
import static org.malleposte.config.PathsType.PATHS;
import static org.malleposte.config.ScalarType.ADDRESS;
import static org.malleposte.config.ScalarType.BOOLEAN;
import static org.malleposte.config.ScalarType.DURATION;
import static org.malleposte.config.ScalarType.DURATION_OR_NEVER;
import static org.malleposte.config.ScalarType.HOST_NAME;
import static org.malleposte.config.ScalarType.NEXT_HOPS;
import static org.malleposte.config.ScalarType.PRIVACY;
import static org.malleposte.config.ScalarType.QUOTA_AMOUNT;
import static org.malleposte.config.ScalarType.SECRET;
import static org.malleposte.config.ScalarType.SEPARATOR;
import static org.malleposte.config.ScalarType.SIZE;
import static org.malleposte.config.ScalarType.TEXT;
import static org.malleposte.config.ScalarType.TLS_VERSION;
import static org.malleposte.config.ScalarType.UIDL_FORMAT;
import static org.malleposte.config.ScalarType.USERNAME_FORMAT;
import static org.malleposte.config.ScalarType.number;
import static org.malleposte.config.ScalarType.optional;
import static org.malleposte.config.ScalarType.word;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.malleposte.config.NodeConfig.Tls.KeyPairFiles;
import org.malleposte.config.NodeConfig.TlsVersion;
import org.malleposte.delivery.NextHop;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.tables.PrivacyFlag;

/** Every key there is, in the order in which they are shown. A flat table, long by nature. */
final class ConfigKeys {
  static final ConfigKey<String> NODE_NAME =
      key("node.name", HOST_NAME, "localhost", "greeting, HELO, Received; unique in the cluster");
  static final ConfigKey<Role> NODE_ROLE =
      key("node.role", word(Role.class), "primary", "primary delivers; secondary spools, flushes");
  static final ConfigKey<Path> NODE_DATA =
      key("node.data", PATH, "data", "spool and store of this node, on its own disk");
  static final ConfigKey<Boolean> NODE_STORE =
      key("node.store", BOOLEAN, "true", "false: a front node, holds no mailboxes");

  static final ConfigKey<String> CLUSTER_NAME =
      key("cluster.name", TEXT, "malleposte", "nodes of another name do not get in");
  static final ConfigKey<HostPort> CLUSTER_LISTEN =
      key(
          "cluster.listen",
          ADDRESS,
          "127.0.0.1:5701",
          "membership; +1 event bus, +2 store, +3 gate");
  static final ConfigKey<Optional<HostPort>> CLUSTER_ADVERTISE =
      key("cluster.advertise", optional(ADDRESS), "", "what others connect to; empty: listen");
  static final ConfigKey<List<HostPort>> CLUSTER_MEMBERS =
      key("cluster.members", ADDRESSES, "[]", "the founders, same on all nodes; empty: alone");
  static final ConfigKey<Optional<String>> CLUSTER_DNS =
      key("cluster.dns", optional(TEXT), "", "or a name that resolves to all members");
  static final ConfigKey<Integer> CLUSTER_FOUNDERS =
      key("cluster.founders", number(0, 128), "0", "store nodes that found it; 0: all members");
  static final ConfigKey<Optional<Path>> CLUSTER_TLS_CERTIFICATE =
      key("cluster.tls.certificate", optional(PATH), "", "mutual TLS between nodes, PEM");
  static final ConfigKey<Optional<Path>> CLUSTER_TLS_KEY =
      key("cluster.tls.key", optional(PATH), "", "PEM, PKCS #8");
  static final ConfigKey<Optional<Path>> CLUSTER_TLS_CA =
      key("cluster.tls.ca", optional(PATH), "", "who signs the nodes' certificates, PEM");

  static final ConfigKey<Path> MAIL_TABLES =
      key("mail.tables", PATH, "etc/mail", "access, local-host-names, relay-domains, ...");
  static final ConfigKey<List<Path>> MAIL_ALIASES =
      key("mail.aliases", PATHS, "etc/aliases", "sendmail's aliases; [a, b]: the first wins");
  static final ConfigKey<Path> MAIL_DOVECOT =
      key("mail.dovecot", PATH, "etc/dovecot", "dovecot.conf and conf.d, optional");
  static final ConfigKey<Path> MAIL_ACCOUNTS =
      key("mail.accounts", PATH, "etc/users", "Dovecot's passwd-file, name:{SCHEME}hash");
  static final ConfigKey<Long> MAIL_MAX_MESSAGE_SIZE =
      key("mail.max-message-size", SIZE, "50MiB", "a larger mail is refused with 552");
  static final ConfigKey<List<NextHop>> MAIL_SMART_HOST =
      key(
          "mail.smart-host",
          NEXT_HOPS,
          "",
          "host:port or mx:domain take all to elsewhere; empty: MX");
  static final ConfigKey<Optional<String>> MAIL_GREETING =
      key("mail.greeting", optional(TEXT), "", "of IMAP and POP3; empty: ours");
  static final ConfigKey<Optional<String>> MAIL_POSTMASTER =
      key("mail.postmaster", optional(TEXT), "", "who signs rejections of filters; empty: ours");
  static final ConfigKey<Optional<String>> MAIL_IMPORT_FROM =
      key("mail.import-from", optional(TEXT), "", "Dovecot's mail_location, for import alone");
  static final ConfigKey<UidlFormat> MAIL_POP3_UIDL =
      key("mail.pop3-uidl", UIDL_FORMAT, "%v.%u", "Dovecot's pop3_uidl_format, of %v and %u");
  static final ConfigKey<String> MAIL_LOGIN_MESSAGE =
      key(
          "mail.login-message",
          TEXT,
          "",
          "SMTP greeting as confSMTP_LOGIN_MSG: $j $b $v; empty: ours");
  static final ConfigKey<Set<PrivacyFlag>> MAIL_PRIVACY =
      key("mail.privacy", PRIVACY, "novrfy noexpn", "words of confPRIVACY_FLAGS");

  static final ConfigKey<Optional<Path>> TLS_CERTIFICATE =
      key("tls.certificate", optional(PATH), "", "for the mail protocols, PEM; empty: self-signed");
  static final ConfigKey<Optional<Path>> TLS_KEY =
      key("tls.key", optional(PATH), "", "PEM, PKCS #8");

  static final ConfigKey<TlsVersion> TLS_MIN_VERSION =
      key("tls.min-version", TLS_VERSION, "1.2", "1.2 or 1.3");
  static final ConfigKey<List<KeyPairFiles>> TLS_MORE =
      key("tls.more", KEY_PAIRS, "[]", "for clients that ask for the names in these (SNI)");
  static final ConfigKey<List<LoginMechanism>> AUTH_MECHANISMS =
      key(
          "auth.mechanisms",
          new MechanismsType(),
          "[]",
          "in this order; empty: as other files say, else plain, login");
  static final ConfigKey<List<LoginMechanism>> AUTH_MAILBOX_MECHANISMS =
      key(
          "auth.mailbox-mechanisms",
          new MechanismsType(),
          "[]",
          "of IMAP and POP3, where auth.mechanisms says nothing");
  static final ConfigKey<LoginLinks> AUTH_UNENCRYPTED =
      key(
          "auth.unencrypted",
          word(LoginLinks.class),
          "no-secrets",
          "or nothing, anything: IMAP and POP3 without TLS, but for loopback");
  static final ConfigKey<Optional<String>> AUTH_DEFAULT_REALM =
      key("auth.default-realm", optional(TEXT), "", "of logins without @, put behind one");
  static final ConfigKey<UsernameFormat> AUTH_USERNAME_FORMAT =
      key("auth.username-format", USERNAME_FORMAT, "%Lu", "Dovecot's auth_username_format");
  static final ConfigKey<Boolean> AUTH_UPGRADE_HASHES =
      key("auth.upgrade-hashes", BOOLEAN, "false", "of accounts in the directory, at a login");
  static final ConfigKey<Optional<Path>> AUTH_CLIENT_CA =
      key("auth.client-ca", optional(PATH), "", "whose client certificates log in (external), PEM");
  static final ConfigKey<Optional<Path>> AUTH_CLIENT_CA_DIRECTORY =
      key("auth.client-ca-directory", optional(PATH), "", "more of them, as OpenSSL's -CApath");
  static final ConfigKey<Optional<String>> AUTH_LDAP_URL =
      key("auth.ldap.url", optional(TEXT), "", "ldap:// or ldaps://, for what accounts lack");
  static final ConfigKey<Boolean> AUTH_LDAP_START_TLS =
      key("auth.ldap.start-tls", BOOLEAN, "true", "on ldap://");
  static final ConfigKey<Optional<Path>> AUTH_LDAP_CA =
      key("auth.ldap.ca", optional(PATH), "", "who signed its certificate, PEM; empty: the JDK's");
  static final ConfigKey<Optional<String>> AUTH_LDAP_USER_DN =
      key("auth.ldap.user-dn", optional(TEXT), "", "uid=%n,ou=people,dc=example,dc=org; or search");
  static final ConfigKey<Optional<String>> AUTH_LDAP_BASE =
      key("auth.ldap.base", optional(TEXT), "", "where users are searched");
  static final ConfigKey<String> AUTH_LDAP_FILTER =
      key("auth.ldap.filter", TEXT, "(uid=%u)", "that finds one user");
  static final ConfigKey<Optional<String>> AUTH_LDAP_BIND_DN =
      key("auth.ldap.bind-dn", optional(TEXT), "", "who searches; empty: anonymous");
  static final ConfigKey<Optional<Path>> AUTH_LDAP_PASSWORD_FILE =
      key("auth.ldap.password-file", optional(PATH), "", "its password");
  static final ConfigKey<Optional<Secret>> AUTH_LDAP_PASSWORD =
      key("auth.ldap.password", optional(SECRET), "", "or the password itself");
  static final ConfigKey<Duration> AUTH_LDAP_TIMEOUT =
      key("auth.ldap.timeout", DURATION, "5s", "then the login cannot be checked");
  static final ConfigKey<Integer> AUTH_LDAP_CONNECTIONS =
      key("auth.ldap.connections", number(1, 64), "4", "at once");
  static final ConfigKey<Optional<Path>> AUTH_OAUTH_JWKS_FILE =
      key("auth.oauth.jwks-file", optional(PATH), "", "keys that sign tokens (oauthbearer)");
  static final ConfigKey<Optional<String>> AUTH_OAUTH_JWKS_URL =
      key("auth.oauth.jwks-url", optional(TEXT), "", "or where they are fetched from");
  static final ConfigKey<Optional<String>> AUTH_OAUTH_ISSUER =
      key("auth.oauth.issuer", optional(TEXT), "", "that tokens must name");
  static final ConfigKey<Optional<String>> AUTH_OAUTH_AUDIENCE =
      key("auth.oauth.audience", optional(TEXT), "", "that tokens must be for");
  static final ConfigKey<String> AUTH_OAUTH_CLAIM =
      key("auth.oauth.claim", TEXT, "email", "that names the user");
  static final ConfigKey<Optional<Path>> AUTH_KERBEROS_KEYTAB =
      key(
          "auth.kerberos.keytab",
          optional(PATH),
          "",
          "of smtp/, imap/ and pop/ this host (gssapi)");
  static final ConfigKey<Optional<String>> AUTH_KERBEROS_REALM =
      key("auth.kerberos.realm", optional(TEXT), "", "whose users are ours by their short names");

  static final ConfigKey<List<Listener>> SMTP =
      key(
          "smtp",
          new ListenersType(true),
          "[{listen: 127.0.0.1:2525}, {listen: 127.0.0.1:2587, submission: true},"
              + " {listen: 127.0.0.1:2465, submission: true, tls: implicit}]",
          "SMTP and submission");
  static final ConfigKey<List<Listener>> IMAP =
      key(
          "imap",
          new ListenersType(false),
          "[{listen: 127.0.0.1:2143}, {listen: 127.0.0.1:2993, tls: implicit}]",
          "IMAP");
  static final ConfigKey<List<Listener>> POP3 =
      key(
          "pop3",
          new ListenersType(false),
          "[{listen: 127.0.0.1:2110}, {listen: 127.0.0.1:2995, tls: implicit}]",
          "POP3");
  static final ConfigKey<List<Listener>> MANAGESIEVE =
      key("managesieve", new ListenersType(false), "[]", "ManageSieve, such as 127.0.0.1:2190");
  static final ConfigKey<List<Listener>> LMTP = key("lmtp", new ListenersType(false), "[]", "LMTP");
  static final ConfigKey<List<SpecialMailbox>> MAILBOXES =
      key(
          "mailboxes",
          MailboxesType.MAILBOXES,
          "[{name: Sent, use: \\Sent, auto: subscribe},"
              + " {name: Drafts, use: \\Drafts, auto: subscribe},"
              + " {name: Junk, use: \\Junk, auto: subscribe},"
              + " {name: Trash, use: \\Trash, auto: subscribe},"
              + " {name: Archive, use: \\Archive, auto: subscribe}]",
          "with a special use; auto: no, create, subscribe at the first login");
  static final ConfigKey<String> NAMESPACE_PREFIX =
      key("namespace.prefix", TEXT, "", "before all mailboxes but INBOX, with the separator");
  static final ConfigKey<Character> NAMESPACE_SEPARATOR =
      key("namespace.separator", SEPARATOR, "/", "between the levels of mailboxes: / or .");
  static final ConfigKey<List<QuotaRule>> QUOTA_RULES =
      key(
          "quota.rules",
          TextListType.QUOTA_RULES,
          "[]",
          "of every account, as Dovecot's quota_rule: [\"*:storage=1G\"]");
  static final ConfigKey<QuotaLimit> QUOTA_GRACE =
      key("quota.grace", QUOTA_AMOUNT, "10%", "by which the last mail may exceed it");
  static final ConfigKey<Optional<Path>> SIEVE_BEFORE =
      key("sieve.before", optional(PATH), "", "script that runs before each user's own");
  static final ConfigKey<Optional<Path>> SIEVE_AFTER =
      key("sieve.after", optional(PATH), "", "script that runs after it");
  static final ConfigKey<Optional<Path>> SIEVE_DEFAULT =
      key("sieve.default", optional(PATH), "", "script of users who have none");
  static final ConfigKey<HostPort> HTTP_LISTEN =
      key("http.listen", ADDRESS, "127.0.0.1:8080", "health, metrics, administration");

  static final ConfigKey<Optional<Duration>> FAILOVER_PROMOTE_AFTER =
      key("failover.promote-after", DURATION_OR_NEVER, "60s", "no primary: secondaries deliver");

  static final ConfigKey<Integer> QUEUE_COPIES =
      key("queue.copies", number(1, 2), "2", "nodes that hold a queued mail, this one included");
  static final ConfigKey<Boolean> QUEUE_STRICT =
      key("queue.strict", BOOLEAN, "false", "true: 451 when no other node can take the copy");
  static final ConfigKey<Duration> QUEUE_ADOPT_AFTER =
      key("queue.adopt-after", DURATION, "5m", "a node away so long loses its queue to others");
  static final ConfigKey<Duration> QUEUE_LIFETIME =
      key("queue.lifetime", DURATION, "5d", "then a mail bounces");
  static final ConfigKey<Duration> QUEUE_WARN_AFTER =
      key("queue.warn-after", DURATION, "4h", "then its sender is told that it is late");
  static final ConfigKey<Long> QUEUE_MIN_FREE =
      key("queue.min-free", SIZE, "256MiB", "less free disk than this: 452");

  static final ConfigKey<Integer> STORE_SHARDS =
      key("store.shards", number(1, 64), "1", "fixed when the cluster is founded");
  static final ConfigKey<Duration> STORE_KEEP_EXPUNGED =
      key("store.keep-expunged", DURATION, "14d", "so long undelete brings mail back; 0s: never");

  static final ConfigKey<Integer> LIMITS_RECIPIENTS =
      key("limits.recipients", number(1, 100_000), "1000", "of a mail, then 452");
  static final ConfigKey<Integer> LIMITS_ERRORS_BEFORE_DELAY =
      key(
          "limits.errors-before-delay",
          number(0, 1_000_000),
          "5",
          "or refused recipients; each further one waits a second");
  static final ConfigKey<Integer> LIMITS_HOPS =
      key("limits.hops", number(1, 1_000), "25", "Received fields of a mail, then 554 5.4.6");
  static final ConfigKey<Long> LIMITS_HEADER_SIZE =
      key("limits.header-size", SIZE, "256KiB", "of a mail's header, then 552");
  static final ConfigKey<Integer> LIMITS_CONNECTIONS =
      key("limits.connections", number(1, 1_000_000), "10000", "at once, of each protocol");
  static final ConfigKey<Integer> LIMITS_CONNECTIONS_PER_SECOND =
      key(
          "limits.connections-per-second",
          number(0, 1_000_000),
          "0",
          "SMTP, of all clients; the others are greeted later; 0: no limit");
  static final ConfigKey<Integer> LIMITS_CLIENT_CONNECTIONS =
      key("limits.client-connections", number(1, 1_000_000), "200", "of one address; IMAP: 1000");
  static final ConfigKey<Duration> LIMITS_SMTP_TIMEOUT =
      key("limits.smtp-timeout", DURATION, "5m", "of silence (RFC 5321 §4.5.3.2)");
  static final ConfigKey<Duration> LIMITS_IMAP_TIMEOUT =
      key("limits.imap-timeout", DURATION, "30m", "of silence (RFC 9051 §5.4)");
  static final ConfigKey<Integer> LIMITS_IMAP_USER_CONNECTIONS =
      key(
          "limits.imap-user-connections",
          number(1, 1_000_000),
          "200",
          "of one user from one address, on this node");
  static final ConfigKey<Duration> LIMITS_IMAP_IDLE_NOTIFY =
      key("limits.imap-idle-notify", DURATION, "2m", "a client in IDLE hears something so often");
  static final ConfigKey<Duration> LIMITS_POP3_TIMEOUT =
      key("limits.pop3-timeout", DURATION, "10m", "of silence (RFC 1939 §3)");

  static final List<ConfigKey<?>> ALL =
      List.of(
          NODE_NAME,
          NODE_ROLE,
          NODE_DATA,
          NODE_STORE,
          CLUSTER_NAME,
          CLUSTER_LISTEN,
          CLUSTER_ADVERTISE,
          CLUSTER_MEMBERS,
          CLUSTER_DNS,
          CLUSTER_FOUNDERS,
          CLUSTER_TLS_CERTIFICATE,
          CLUSTER_TLS_KEY,
          CLUSTER_TLS_CA,
          MAIL_TABLES,
          MAIL_ALIASES,
          MAIL_DOVECOT,
          MAIL_ACCOUNTS,
          MAIL_MAX_MESSAGE_SIZE,
          MAIL_SMART_HOST,
          MAIL_GREETING,
          MAIL_POSTMASTER,
          MAIL_IMPORT_FROM,
          MAIL_POP3_UIDL,
          MAIL_LOGIN_MESSAGE,
          MAIL_PRIVACY,
          TLS_CERTIFICATE,
          TLS_KEY,
          TLS_MIN_VERSION,
          TLS_MORE,
          AUTH_MECHANISMS,
          AUTH_MAILBOX_MECHANISMS,
          AUTH_UNENCRYPTED,
          AUTH_DEFAULT_REALM,
          AUTH_USERNAME_FORMAT,
          AUTH_UPGRADE_HASHES,
          AUTH_CLIENT_CA,
          AUTH_CLIENT_CA_DIRECTORY,
          AUTH_LDAP_URL,
          AUTH_LDAP_START_TLS,
          AUTH_LDAP_CA,
          AUTH_LDAP_USER_DN,
          AUTH_LDAP_BASE,
          AUTH_LDAP_FILTER,
          AUTH_LDAP_BIND_DN,
          AUTH_LDAP_PASSWORD_FILE,
          AUTH_LDAP_PASSWORD,
          AUTH_LDAP_TIMEOUT,
          AUTH_LDAP_CONNECTIONS,
          AUTH_OAUTH_JWKS_FILE,
          AUTH_OAUTH_JWKS_URL,
          AUTH_OAUTH_ISSUER,
          AUTH_OAUTH_AUDIENCE,
          AUTH_OAUTH_CLAIM,
          AUTH_KERBEROS_KEYTAB,
          AUTH_KERBEROS_REALM,
          SMTP,
          IMAP,
          POP3,
          MANAGESIEVE,
          LMTP,
          MAILBOXES,
          NAMESPACE_PREFIX,
          NAMESPACE_SEPARATOR,
          QUOTA_RULES,
          QUOTA_GRACE,
          SIEVE_BEFORE,
          SIEVE_AFTER,
          SIEVE_DEFAULT,
          HTTP_LISTEN,
          FAILOVER_PROMOTE_AFTER,
          QUEUE_COPIES,
          QUEUE_STRICT,
          QUEUE_ADOPT_AFTER,
          QUEUE_LIFETIME,
          QUEUE_WARN_AFTER,
          QUEUE_MIN_FREE,
          STORE_SHARDS,
          STORE_KEEP_EXPUNGED,
          LIMITS_RECIPIENTS,
          LIMITS_ERRORS_BEFORE_DELAY,
          LIMITS_HOPS,
          LIMITS_HEADER_SIZE,
          LIMITS_CONNECTIONS,
          LIMITS_CONNECTIONS_PER_SECOND,
          LIMITS_CLIENT_CONNECTIONS,
          LIMITS_SMTP_TIMEOUT,
          LIMITS_IMAP_TIMEOUT,
          LIMITS_IMAP_USER_CONNECTIONS,
          LIMITS_IMAP_IDLE_NOTIFY,
          LIMITS_POP3_TIMEOUT);

  private ConfigKeys() {}

  static Optional<ConfigKey<?>> find(String path) {
    return ALL.stream().<ConfigKey<?>>map(key -> key).filter(k -> k.path().equals(path)).findAny();
  }

  /** Whether keys lie below {@code path}. */
  static boolean isSection(String path) {
    return ALL.stream().anyMatch(key -> key.path().startsWith(path + "."));
  }

  /** The words that may stand directly in {@code section}, with their whole path. */
  static List<String> within(String section) {
    String prefix = section.isEmpty() ? "" : section + ".";
    return ALL.stream()
        .map(ConfigKey::path)
        .filter(path -> path.startsWith(prefix))
        .map(path -> prefix + path.substring(prefix.length()).split("\\.", 2)[0])
        .distinct()
        .toList();
  }

  static List<String> paths() {
    return ALL.stream().<String>map(ConfigKey::path).toList();
  }

  private static <T> ConfigKey<T> key(
      String path, ValueType<T> type, String byDefault, String about) {
    return new ConfigKey<>(path, type, byDefault, about);
  }
}
