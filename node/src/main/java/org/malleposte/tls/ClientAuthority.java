package org.malleposte.tls;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.malleposte.config.AuthorityDirectory;

/**
 * Whose client certificates are known. A handshake asks for a certificate and takes whatever comes:
 * other mail servers show theirs to everybody, and must still get their mail in. Whether one is
 * good is asked here, when somebody wants to log in with it. Thread-safe.
 */
public final class ClientAuthority implements Reloadable {
  private final Optional<Path> file;
  private final Optional<Path> directory;
  private final ReloadableTrustManager trust;

  /**
   * Blocks.
   *
   * @param file PEM
   * @param directory see {@link AuthorityDirectory}
   * @throws IllegalArgumentException without both
   */
  public ClientAuthority(Optional<Path> file, Optional<Path> directory) throws TlsFileException {
    if (file.isEmpty() && directory.isEmpty()) {
      throw new IllegalArgumentException("no file and no directory");
    }
    this.file = file;
    this.directory = directory;
    trust = new ReloadableTrustManager(read());
  }

  /** What is there by two names counts once. */
  private List<X509Certificate> read() throws TlsFileException {
    var authorities = new LinkedHashSet<X509Certificate>();
    if (file.isPresent()) {
      authorities.addAll(PemFile.read(file.get()).requireCertificates());
    }
    if (directory.isPresent()) {
      for (Path one : listed(directory.get())) {
        authorities.addAll(PemFile.read(one).certificates());
      }
    }
    if (authorities.isEmpty()) {
      throw new TlsFileException(
          directory.orElseThrow(), "no authority in it", "run 'openssl rehash' on it");
    }
    return List.copyOf(authorities);
  }

  private static List<Path> listed(Path directory) throws TlsFileException {
    try {
      return AuthorityDirectory.files(directory);
    } catch (IOException e) {
      throw new TlsFileException(
          directory, "cannot be read: " + e.getMessage(), "create it, or see its permissions", e);
    }
  }

  /**
   * Whether the chain leads to an authority of ours, is in its time, and is for clients.
   *
   * @param chain the client's own certificate first
   */
  public boolean trusts(List<X509Certificate> chain) {
    try {
      trust.checkClientTrusted(
          chain.toArray(X509Certificate[]::new), chain.getFirst().getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /** For a listener that asks for certificates. */
  TrustOptions trustOptions() {
    return TrustOptions.wrap(new AnyClient());
  }

  /** The directory itself is one: it changes when a file comes or goes. */
  @Override
  public List<Path> files() {
    var files = new ArrayList<Path>();
    file.ifPresent(files::add);
    directory.ifPresent(
        d -> {
          files.add(d);
          try {
            files.addAll(AuthorityDirectory.files(d));
          } catch (IOException e) {
            // That it cannot be listed is a change: what reads it again says so.
          }
        });
    return List.copyOf(files);
  }

  @Override
  public void reload() throws TlsFileException {
    trust.use(read());
  }

  /** Tells clients whose certificates are wanted. */
  private final class AnyClient extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.getAcceptedIssuers();
    }
  }
}
