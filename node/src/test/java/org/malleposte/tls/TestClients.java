package org.malleposte.tls;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Mail clients with certificates. */
public final class TestClients {
  private static final X500Principal AUTHORITY = new X500Principal("CN=clients");

  private final KeyPair authority;
  private final Path authorityFile;
  private long serial = 1;

  public TestClients(Path directory) throws Exception {
    authority = keyPair();
    var certificate = certificate(AUTHORITY, AUTHORITY, authority, authority, true);
    authorityFile = Files.writeString(directory.resolve("clients.pem"), Pem.of(certificate));
  }

  public Path authorityFile() {
    return authorityFile;
  }

  /** Signed by the authority. */
  public KeyManager[] issued(String subject, String... mailAddresses) throws Exception {
    var keys = keyPair();
    return shown(
        keys,
        certificate(AUTHORITY, new X500Principal(subject), authority, keys, false, mailAddresses));
  }

  public KeyManager[] selfSigned(String subject) throws Exception {
    var keys = keyPair();
    var name = new X500Principal(subject);
    return shown(keys, certificate(name, name, keys, keys, false));
  }

  public TrustManager[] trustAll() {
    return new TrustManager[] {new TrustAnyone()};
  }

  private X509Certificate certificate(
      X500Principal issuer,
      X500Principal subject,
      KeyPair signer,
      KeyPair keys,
      boolean isAuthority,
      String... mailAddresses)
      throws Exception {
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            java.math.BigInteger.valueOf(serial++),
            Date.from(now.minus(1, ChronoUnit.DAYS)),
            Date.from(now.plus(30, ChronoUnit.DAYS)),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
    if (mailAddresses.length > 0) {
      var names =
          List.of(mailAddresses).stream()
              .map(address -> new GeneralName(GeneralName.rfc822Name, address))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
  }

  private static KeyPair keyPair() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  /** Shows it whatever authorities the server names: so do other mail servers. */
  private static KeyManager[] shown(KeyPair keys, X509Certificate certificate) {
    return new KeyManager[] {
      new X509ExtendedKeyManager() {
        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
          return new String[] {"client"};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
          return "client";
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
          return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
          return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
          return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
          return keys.getPrivate();
        }
      }
    };
  }
}
