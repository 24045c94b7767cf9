package org.malleposte.tls;

import io.vertx.core.net.TrustOptions;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose client certificates are known. A handshake asks for a certificate and takes whatever comes:
 * other mail servers show theirs to everybody, and must still get their mail in. Whether one is
 * good is asked here, when somebody wants to log in with it. Thread-safe.
 */
public final class ClientAuthority implements Reloadable {
  private final Path file;
  private final ReloadableTrustManager trust;

  /** Blocks. */
  public ClientAuthority(Path file) throws TlsFileException {
    this.file = file;
    trust = new ReloadableTrustManager(PemFile.read(file).requireCertificates());
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

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public void reload() throws TlsFileException {
    trust.use(PemFile.read(file).requireCertificates());
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
