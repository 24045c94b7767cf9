package org.malleposte.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemGenerationException;

/**
 * A private key and its certificates.
 *
 * @param chain the key's certificate first
 */
record Identity(PrivateKey key, List<X509Certificate> chain) {
  private static final char[] NO_PASSWORD = {};

  Identity {
    chain = List.copyOf(chain);
  }

  /** Both may be in one file. Blocks. */
  static Identity read(Path certificateFile, Path keyFile) throws TlsFileException {
    var chain = PemFile.read(certificateFile).requireCertificates();
    var key = PemFile.read(keyFile).requireKey();
    var identity = new Identity(key, chain);
    if (!identity.fits()) {
      throw new TlsFileException(
          keyFile, "is not the key of " + certificateFile, "use the pair that was made together");
    }
    return identity;
  }

  X509ExtendedKeyManager keyManager() {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("node", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      var factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, NO_PASSWORD);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e); // no I/O: the store is in memory
    }
  }

  /** Key (PKCS #8) and certificates in one text. */
  String pem() {
    try {
      return Pem.of(new JcaPKCS8Generator(key, null)) + Pem.of(chain.toArray());
    } catch (PemGenerationException e) {
      throw new IllegalStateException(e); // the key is not encrypted, so nothing can fail
    }
  }

  private boolean fits() {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm(); // EdDSA names its signature as its key
          };
      var signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      byte[] signed = signature.sign();
      signature.initVerify(chain.getFirst().getPublicKey());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // keys of different kinds
    }
  }
}
