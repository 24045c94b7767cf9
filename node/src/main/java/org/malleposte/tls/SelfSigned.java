package org.malleposte.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates that nobody but their maker vouches for: ECDSA on P-256. */
final class SelfSigned {
  /** Some clients refuse more than 825 days; who pins one must not have to do it each year. */
  static final Duration VALID = Duration.ofDays(820);

  private final InstantSource clock;
  private final SecureRandom random;

  SelfSigned(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /** For the host name, {@code localhost} and the loopback addresses. */
  Identity create(String hostName) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      var keys = generator.generateKeyPair();
      // RFC 5280 §4.1.2.4: a common name has at most 64 characters; the names that count follow.
      var name = new X500Principal("CN=" + (isHostName(hostName) ? hostName : "malleposte"));
      var now = clock.instant();
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(127, random).setBit(0),
              Date.from(now.minus(Duration.ofHours(1))), // clocks differ
              Date.from(now.plus(VALID)),
              name,
              keys.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName, false, new GeneralNames(names(hostName)));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      var holder =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
      return new Identity(
          keys.getPrivate(), List.of(new JcaX509CertificateConverter().getCertificate(holder)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e); // every JDK has P-256; no I/O
    }
  }

  private static GeneralName[] names(String hostName) {
    var names = new ArrayList<GeneralName>();
    if (isHostName(hostName)) {
      names.add(new GeneralName(GeneralName.dNSName, hostName));
    }
    names.add(new GeneralName(GeneralName.dNSName, "localhost"));
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    names.add(new GeneralName(GeneralName.iPAddress, "::1"));
    return names.toArray(GeneralName[]::new);
  }

  private static boolean isHostName(String name) {
    return name.length() <= 64 && name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  }
}
