package org.malleposte.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
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
  /** Key and trust; both follow every reload. */
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

  // Vert.x copies the event bus's options by way of JSON, in which only PEM and key stores survive:
  // a key manager that can be reloaded is lost on the way. So the event bus has the certificate of
  // the start until the node is started again.
  private static void secureEventBus(EventBusOptions options, Identity identity) {
    var pem = Buffer.buffer(identity.pem());
    options.setSsl(true);
    options.setKeyCertOptions(new PemKeyCertOptions().setKeyValue(pem).setCertValue(pem));
    options.setEnabledSecureTransportProtocols(TlsContexts.PROTOCOLS);
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
    public void secure(EventBusOptions options) {}

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
    private final Identity identity;
    private final Managers managers;

    Automatic(Identity identity) {
      this.identity = identity;
      this.managers = new Managers(identity.keyManager(), new TrustAnyone());
      LOG.warn(
          "links between nodes are encrypted but not authenticated: whoever reaches their ports can"
              + " pose as a node; set cluster.tls");
    }

    @Override
    public void secure(EventBusOptions options) {
      secureEventBus(options, identity);
      options.setTrustAll(true);
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
    private static final Logger LOG = LoggerFactory.getLogger(Mutual.class);
    private final NodeConfig.LinkTls config;
    private final Identity identity;
    private final List<X509Certificate> authorities;
    private final ReloadableKeyManager key;
    private final ReloadableTrustManager trust;
    private final String fingerprint;

    Mutual(NodeConfig.LinkTls config) throws TlsFileException {
      this.config = config;
      this.identity = Identity.read(config.certificate(), config.key());
      this.key = new ReloadableKeyManager(identity);
      this.authorities = PemFile.read(config.ca()).requireCertificates();
      this.trust = new ReloadableTrustManager(authorities);
      this.fingerprint = fingerprint(authorities);
    }

    @Override
    public void secure(EventBusOptions options) {
      secureEventBus(options, identity);
      var trusted = new PemTrustOptions();
      authorities.forEach(a -> trusted.addCertValue(Buffer.buffer(Pem.of(a))));
      options.setTrustOptions(trusted);
      options.setTrustAll(false); // Vert.x's default for the event bus is true
      options.setClientAuth(ClientAuth.REQUIRED);
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
      var renewed = Identity.read(config.certificate(), config.key());
      trust.use(PemFile.read(config.ca()).requireCertificates());
      key.use(List.of(renewed));
      LOG.warn(
          "cluster.tls is reloaded, but the event bus has the certificate of this start, which ends"
              + " at {}: restart the node before that",
          identity.chain().getFirst().getNotAfter().toInstant());
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
