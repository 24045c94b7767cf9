package org.malleposte.tls;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import org.malleposte.config.NodeConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's certificate for mail clients: the configured one, or one made at the first start and
 * kept. {@link #reload} replaces it in all listeners at once. Thread-safe.
 */
public final class TlsContexts implements Reloadable {
  /** RFC 8996: nothing below. */
  public static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));

  /**
   * Each with forward secrecy and AEAD: nothing with CBC (Lucky Thirteen), nor with DHE, which
   * costs the server more than whoever asks for it. STARTTLS prefers them in this order; Vert.x
   * does not keep it for listeners with implicit TLS.
   */
  static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** A kept certificate that ends sooner is made anew at a start. */
  static final Duration RENEW_BEFORE = Duration.ofDays(30);

  /** Key and certificate in one file, so that a crash cannot leave two that do not fit. */
  static final String SELF_SIGNED_FILE = "self-signed.pem";

  private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

  private final NodeConfig.Tls config;
  private final Optional<ClientAuthority> clients;
  private final ReloadableKeyManager keyManager;
  private volatile X509Certificate certificate;
  private volatile Identity first;

  /**
   * Blocks; writes below {@code config.selfSignedDirectory} when no certificate is given.
   *
   * @param clients whose certificates are asked for; empty: none is
   * @throws TlsFileException when a given file cannot be used
   * @throws IOException when the self-signed certificate cannot be written
   */
  public TlsContexts(
      NodeConfig.Tls config,
      Optional<ClientAuthority> clients,
      String nodeName,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    this.config = config;
    this.clients = clients;
    var identity =
        config.given().isPresent()
            ? readGiven(config.given().get())
            : selfSigned(config.selfSignedDirectory(), nodeName, clock, random);
    this.keyManager = new ReloadableKeyManager(identity);
    keyManager.use(withMore(identity));
    this.certificate = identity.chain().getFirst();
    this.first = identity;
  }

  /** For Vert.x servers; follows every reload. */
  public KeyCertOptions keyCertOptions() {
    return KeyCertOptions.wrap(keyManager);
  }

  /** For a listener, or an upgrade of a connection to it. */
  public ServerSSLOptions serverOptions() {
    var options = new ServerSSLOptions();
    options.setKeyCertOptions(keyCertOptions());
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    clients.ifPresent(
        authority -> {
          options.setClientAuth(ClientAuth.REQUEST);
          options.setTrustOptions(authority.trustOptions());
        });
    return options;
  }

  /** Makes {@code listener} one that is encrypted from the first byte (RFC 8314). */
  public static void encrypt(NetServerOptions listener, ServerSSLOptions tls) {
    listener.setSsl(true).setKeyCertOptions(tls.getKeyCertOptions());
    listener.setEnabledSecureTransportProtocols(tls.getEnabledSecureTransportProtocols());
    tls.getEnabledCipherSuites().forEach(listener::addEnabledCipherSuite);
    listener.setClientAuth(tls.getClientAuth());
    if (tls.getTrustOptions() != null) {
      listener.setTrustOptions(tls.getTrustOptions());
    }
  }

  /** Follows every reload. */
  public X509ExtendedKeyManager keyManager() {
    return keyManager;
  }

  /** The one that is shown now. */
  public X509Certificate certificate() {
    return certificate;
  }

  @Override
  public List<Path> files() {
    return Stream.concat(config.given().stream(), config.more().stream())
        .flatMap(pair -> Stream.of(pair.certificate(), pair.key()))
        .toList();
  }

  @Override
  public void reload() throws TlsFileException {
    var identity = config.given().isPresent() ? readGiven(config.given().get()) : first;
    keyManager.use(withMore(identity));
    first = identity;
    certificate = identity.chain().getFirst();
    LOG.info("certificate in use until {}", certificate.getNotAfter().toInstant());
  }

  private List<Identity> withMore(Identity identity) throws TlsFileException {
    var identities = new ArrayList<Identity>();
    identities.add(identity);
    for (var pair : config.more()) {
      identities.add(readGiven(pair));
    }
    return identities;
  }

  private static Identity readGiven(NodeConfig.Tls.KeyPairFiles files) throws TlsFileException {
    return Identity.read(files.certificate(), files.key());
  }

  private static Identity selfSigned(
      Path directory, String nodeName, InstantSource clock, SecureRandom random)
      throws IOException {
    Path file = directory.resolve(SELF_SIGNED_FILE);
    if (Files.exists(file)) {
      var kept = Identity.read(file, file);
      var end = kept.chain().getFirst().getNotAfter().toInstant();
      if (clock.instant().plus(RENEW_BEFORE).isBefore(end)) {
        return kept;
      }
    }
    var made = new SelfSigned(clock, random).create(nodeName);
    writePrivately(file, made.pem());
    LOG.info("made a self-signed certificate, {}", file);
    return made;
  }

  // The file never exists with other rights, nor half written.
  private static void writePrivately(Path file, String text) throws IOException {
    var ours = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(file.getParent(), PosixFilePermissions.asFileAttribute(ours));
    var readable = PosixFilePermissions.fromString("rw-------");
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(part, PosixFilePermissions.asFileAttribute(readable));
    Files.writeString(part, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
