package org.malleposte.tls;

import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.malleposte.cluster.ClusterTransport;
import org.malleposte.config.NodeConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the links between nodes are secured.
 *
 * <ul>
 *   <li>{@link Mutual}: certificate, key and authority are configured; a node without a certificate
 *       of that authority does not get in.
 *   <li>{@link Plain}: nothing is configured and the cluster lives on loopback.
 *   <li>{@link Automatic}: nothing is configured, and hosts are between: each node makes a
 *       certificate for itself at each start. No mail body is readable on the wire, but whoever can
 *       reach the ports can pose as a node; a warning says so.
 * </ul>
 *
 * <p>Host names are not compared: nodes are known by address, which changes, and the authority
 * signs nodes only.
 */
public sealed interface ClusterTls extends ClusterTransport, Reloadable {
  /** Key and trust for a link that is not Vert.x's; both follow every reload. */
  record Managers(X509ExtendedKeyManager key, X509ExtendedTrustManager trust) {}

  /** Empty: the link is in clear. */
  Optional<Managers> managers();

  /**
   * Blocks: reads files.
   *
   * @param loopback whether all nodes are reached by loopback addresses
   */
  static ClusterTls of(
      Optional<NodeConfig.LinkTls> configured,
      boolean loopback,
      String nodeName,
      InstantSource clock,
      SecureRandom random)
      throws TlsFileException {
    if (configured.isPresent()) {
      return new Mutual(configured.get());
    }
    return loopback ? new Plain() : new Automatic(new SelfSigned(clock, random).create(nodeName));
  }

  @Override
  default void secure(EventBusOptions options) {
    managers()
        .ifPresent(
            managers -> {
              secureBoth(options, managers);
              options.setClientAuth(ClientAuth.REQUIRED);
              options.setTrustAll(false); // Vert.x's default for the event bus is true
            });
  }

  @Override
  default void secure(NetServerOptions options) {
    managers()
        .ifPresent(
            managers -> {
              secureBoth(options, managers);
              options.setClientAuth(ClientAuth.REQUIRED);
            });
  }

  @Override
  default void secure(NetClientOptions options) {
    managers()
        .ifPresent(
            managers -> {
              secureBoth(options, managers);
              options.setHostnameVerificationAlgorithm("");
            });
  }

  private static void secureBoth(TCPSSLOptions options, Managers managers) {
    options.setSsl(true);
    options.setKeyCertOptions(KeyCertOptions.wrap(managers.key()));
    options.setTrustOptions(TrustOptions.wrap(managers.trust()));
    options.setEnabledSecureTransportProtocols(TlsContexts.PROTOCOLS);
  }

  /** Loopback only. */
  final class Plain implements ClusterTls {
    @Override
    public Optional<Managers> managers() {
      return Optional.empty();
    }

    @Override
    public String fingerprint() {
      return "plain";
    }

    @Override
    public List<Path> files() {
      return List.of();
    }

    @Override
    public void reload() {}
  }

  /** Encrypted, not authenticated. */
  final class Automatic implements ClusterTls {
    private static final Logger LOG = LoggerFactory.getLogger(Automatic.class);
    private final Managers managers;

    Automatic(Identity identity) {
      this.managers = new Managers(identity.keyManager(), new TrustAnyone());
      LOG.warn(
          "links between nodes are encrypted but not authenticated: whoever reaches their ports can"
              + " pose as a node; set cluster.tls");
    }

    @Override
    public Optional<Managers> managers() {
      return Optional.of(managers);
    }

    @Override
    public String fingerprint() {
      return "auto";
    }

    @Override
    public List<Path> files() {
      return List.of();
    }

    @Override
    public void reload() {}
  }

  /** Encrypted, and both sides show a certificate of the authority. */
  final class Mutual implements ClusterTls {
    private final NodeConfig.LinkTls config;
    private final ReloadableKeyManager key;
    private final ReloadableTrustManager trust;
    private final String fingerprint;

    Mutual(NodeConfig.LinkTls config) throws TlsFileException {
      this.config = config;
      this.key = new ReloadableKeyManager(Identity.read(config.certificate(), config.key()));
      var authorities = PemFile.read(config.ca()).requireCertificates();
      this.trust = new ReloadableTrustManager(authorities);
      this.fingerprint = fingerprint(authorities);
    }

    @Override
    public Optional<Managers> managers() {
      return Optional.of(new Managers(key, trust));
    }

    /** Of the authority that was configured at the start: the first, when there are several. */
    @Override
    public String fingerprint() {
      return fingerprint;
    }

    @Override
    public List<Path> files() {
      return List.of(config.certificate(), config.key(), config.ca());
    }

    @Override
    public void reload() throws TlsFileException {
      var identity = Identity.read(config.certificate(), config.key());
      var authorities = PemFile.read(config.ca()).requireCertificates();
      key.use(identity);
      trust.use(authorities);
    }

    // While an authority is being replaced the file has two; nodes must still find each other.
    private static String fingerprint(List<X509Certificate> authorities) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(authorities.getFirst().getEncoded());
        return HexFormat.of().formatHex(digest, 0, 8);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e); // every JDK has it; the certificate was parsed
      }
    }
  }
}
