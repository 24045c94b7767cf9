package org.malleposte.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** TLS to servers that are not of this cluster. */
public final class TrustedServers {
  private TrustedServers() {}

  /**
   * Blocks.
   *
   * @param ca who signs their certificates, PEM; empty: whom the JDK trusts
   */
  public static SSLContext context(Optional<Path> ca) throws TlsFileException {
    TrustManager[] managers =
        ca.isEmpty()
            ? null
            : new TrustManager[] {
              new ReloadableTrustManager(PemFile.read(ca.get()).requireCertificates())
            };
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
