package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.malleposte.config.NodeConfig.Cluster;
import org.malleposte.config.NodeConfig.LinkTls;
import org.malleposte.config.NodeConfig.Tls;
import org.malleposte.config.NodeConfig.Tls.KeyPairFiles;
import org.malleposte.link.NodeName;

/** Settings become the records that the program sees; derived defaults are filled in here. */
final class Assembly {
  private Assembly() {}

  static NodeConfig config(Settings s) {
    return new NodeConfig(
        new NodeConfig.Node(
            new NodeName(s.get(NODE_NAME)), s.get(NODE_ROLE), s.get(NODE_DATA), s.get(NODE_STORE)),
        cluster(s),
        new NodeConfig.Mail(
            s.get(MAIL_TABLES),
            s.get(MAIL_ALIASES),
            s.get(MAIL_DOVECOT),
            s.get(MAIL_ACCOUNTS),
            s.get(MAIL_MAX_MESSAGE_SIZE),
            s.get(MAIL_SMART_HOST),
            Optional.of(s.get(MAIL_LOGIN_MESSAGE)).filter(text -> !text.isBlank()),
            s.get(MAIL_PRIVACY),
            s.get(MAIL_GREETING),
            s.get(MAIL_POSTMASTER),
            s.get(MAIL_IMPORT_FROM),
            s.get(MAIL_POP3_UIDL)),
        tls(s),
        AuthAssembly.auth(s),
        s.get(SMTP),
        s.get(IMAP),
        s.get(POP3),
        s.get(MANAGESIEVE),
        s.get(LMTP),
        new NodeConfig.Http(s.get(HTTP_LISTEN)),
        new NodeConfig.Failover(s.get(FAILOVER_PROMOTE_AFTER)),
        queue(s),
        new NodeConfig.Store(s.get(STORE_SHARDS), s.get(STORE_KEEP_EXPUNGED)),
        limits(s),
        s.get(MAILBOXES),
        new NodeConfig.Namespace(s.get(NAMESPACE_PREFIX), s.get(NAMESPACE_SEPARATOR)),
        quota(s),
        new NodeConfig.Sieve(s.get(SIEVE_BEFORE), s.get(SIEVE_AFTER), s.get(SIEVE_DEFAULT)));
  }

  private static Cluster cluster(Settings s) {
    int founders = s.get(CLUSTER_FOUNDERS);
    return new Cluster(
        s.get(CLUSTER_NAME),
        s.get(CLUSTER_LISTEN),
        s.get(CLUSTER_ADVERTISE).orElse(s.get(CLUSTER_LISTEN)),
        s.get(CLUSTER_MEMBERS),
        s.get(CLUSTER_DNS),
        founders > 0 ? founders : Math.max(1, s.get(CLUSTER_MEMBERS).size()),
        linkTls(s));
  }

  private static Optional<LinkTls> linkTls(Settings s) {
    Optional<Path> key = s.get(CLUSTER_TLS_KEY);
    Optional<Path> ca = s.get(CLUSTER_TLS_CA);
    return s.get(CLUSTER_TLS_CERTIFICATE)
        .flatMap(cert -> key.flatMap(k -> ca.map(c -> new LinkTls(cert, k, c))));
  }

  private static Tls tls(Settings s) {
    Optional<Path> key = s.get(TLS_KEY);
    return new Tls(
        s.get(TLS_CERTIFICATE).flatMap(cert -> key.map(k -> new KeyPairFiles(cert, k))),
        s.get(TLS_MORE),
        s.get(NODE_DATA).resolve("tls"),
        s.get(TLS_MIN_VERSION));
  }

  private static NodeConfig.Quota quota(Settings s) {
    return new NodeConfig.Quota(Optional.empty(), List.of(), s.get(QUOTA_GRACE))
        .with(s.get(QUOTA_RULES));
  }

  private static NodeConfig.Queue queue(Settings s) {
    return new NodeConfig.Queue(
        s.get(QUEUE_COPIES),
        s.get(QUEUE_STRICT),
        s.get(QUEUE_ADOPT_AFTER),
        s.get(QUEUE_LIFETIME),
        s.get(QUEUE_WARN_AFTER),
        s.get(QUEUE_MIN_FREE));
  }

  private static NodeConfig.Limits limits(Settings s) {
    return new NodeConfig.Limits(
        s.get(LIMITS_RECIPIENTS),
        s.get(LIMITS_ERRORS_BEFORE_DELAY),
        s.get(LIMITS_HOPS),
        Math.toIntExact(s.get(LIMITS_HEADER_SIZE)),
        s.get(LIMITS_CONNECTIONS),
        s.get(LIMITS_CONNECTIONS_PER_SECOND),
        s.get(LIMITS_CLIENT_CONNECTIONS),
        s.get(LIMITS_SMTP_TIMEOUT),
        s.get(LIMITS_IMAP_TIMEOUT),
        s.get(LIMITS_POP3_TIMEOUT),
        s.get(LIMITS_IMAP_USER_CONNECTIONS),
        s.get(LIMITS_IMAP_IDLE_NOTIFY));
  }
}
