package org.malleposte.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.malleposte.config.NodeConfig;

/** An authority of one test, and the nodes it signs for. */
final class TestAuthority {
  private final KeyPair keys;
  private final X500Principal name;
  private final X509Certificate certificate;
  private long serial = 1;

  TestAuthority(String commonName) {
    try {
      keys = keyPair("EC");
      name = new X500Principal("CN=" + commonName);
      certificate = sign(name, keys, true);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes certificate, key and authority of a node. */
  NodeConfig.LinkTls issue(Path directory, String node) {
    return issue(directory, node, "EC");
  }

  /**
   * @param algorithm EC, written as PKCS #8, or RSA, as PKCS #1
   */
  NodeConfig.LinkTls issue(Path directory, String node, String algorithm) {
    try {
      var pair = keyPair(algorithm);
      var signed = sign(new X500Principal("CN=" + node), pair, false);
      Path certificateFile = directory.resolve(node + ".crt");
      Path keyFile = directory.resolve(node + ".key");
      Path authorityFile = directory.resolve(node + ".ca");
      Files.writeString(certificateFile, pem(signed) + pem(certificate));
      Files.writeString(
          keyFile,
          pem(
              algorithm.equals("EC")
                  ? new JcaPKCS8Generator(pair.getPrivate(), null)
                  : pair.getPrivate()));
      Files.writeString(authorityFile, "a comment\n" + pem(certificate));
      return new NodeConfig.LinkTls(certificateFile, keyFile, authorityFile);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509Certificate sign(X500Principal subject, KeyPair pair, boolean authority)
      throws OperatorCreationException, GeneralSecurityException, IOException {
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(serial++),
            Date.from(now.minus(1, ChronoUnit.DAYS)),
            Date.from(now.plus(30, ChronoUnit.DAYS)),
            subject,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!authority) {
      String host = subject.getName().substring("CN=".length());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static KeyPair keyPair(String algorithm) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    return generator.generateKeyPair();
  }

  private static String pem(Object object) throws IOException {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
