package org.malleposte.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * What one PEM file holds. Keys may be PKCS #8 or of the older forms that OpenSSL writes; what is
 * neither key nor certificate is passed over.
 */
record PemFile(Path file, List<X509Certificate> certificates, Optional<PrivateKey> key) {
  /** A chain of certificates has a few kilobytes. */
  static final int MAX_BYTES = 1 << 20;

  /** Blocks. */
  static PemFile read(Path file) throws TlsFileException {
    var certificates = new ArrayList<X509Certificate>();
    Optional<PrivateKey> key = Optional.empty();
    try (var parser = new PEMParser(new StringReader(text(file)))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        switch (object) {
          case X509CertificateHolder holder ->
              certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
          case PrivateKeyInfo info -> key = Optional.of(privateKey(info));
          case PEMKeyPair pair -> key = Optional.of(privateKey(pair.getPrivateKeyInfo()));
          case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
              throw new TlsFileException(
                  file, "the key is encrypted", "remove its password with 'openssl pkey'");
          default -> {} // such as EC PARAMETERS
        }
      }
    } catch (TlsFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new TlsFileException(file, "no such file", "create it or correct the path", e);
    } catch (IOException | CertificateException | IllegalArgumentException e) {
      throw new TlsFileException(file, "cannot be read: " + e.getMessage(), "write PEM", e);
    }
    return new PemFile(file, List.copyOf(certificates), key);
  }

  List<X509Certificate> requireCertificates() throws TlsFileException {
    if (certificates.isEmpty()) {
      throw new TlsFileException(file, "no certificate in it", "write PEM");
    }
    return certificates;
  }

  PrivateKey requireKey() throws TlsFileException {
    return key.orElseThrow(
        () -> new TlsFileException(file, "no private key in it", "write PEM, PKCS #8"));
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("over " + MAX_BYTES + " bytes");
    }
    // Comments may be in any character set, and what is no PEM is no text.
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static PrivateKey privateKey(PrivateKeyInfo info) throws IOException {
    return new JcaPEMKeyConverter().getPrivateKey(info);
  }
}
