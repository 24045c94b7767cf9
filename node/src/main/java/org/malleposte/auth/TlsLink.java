package org.malleposte.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What the JDK's TLS tells of a connection. Computed when asked for: few logins need it. */
record TlsLink(boolean isLoopback, SSLSession session) implements SaslLink {
  /** RFC 9266 §4.1. */
  private static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding";

  private static final int EXPORTER_BYTES = 32;

  @Override
  public boolean isEncrypted() {
    return true;
  }

  @Override
  public Optional<byte[]> channelBinding(ChannelBinding type) {
    return switch (type) {
      case TLS_EXPORTER -> exporter();
      case TLS_SERVER_END_POINT -> serverEndPoint();
    };
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    try {
      return Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // it has shown none
    }
  }

  // With TLS 1.2 it is safe only with the extended master secret (RFC 9266 §4.2), of which the
  // JDK does not tell whether it was agreed on.
  private Optional<byte[]> exporter() {
    if (!session.getProtocol().equals("TLSv1.3") || !(session instanceof ExtendedSSLSession tls)) {
      return Optional.empty();
    }
    try {
      return Optional.of(tls.exportKeyingMaterialData(EXPORTER_LABEL, new byte[0], EXPORTER_BYTES));
    } catch (SSLKeyException | IllegalStateException | UnsupportedOperationException e) {
      return Optional.empty(); // Then SCRAM is offered without this binding.
    }
  }

  private Optional<byte[]> serverEndPoint() {
    Certificate[] own = session.getLocalCertificates();
    if (own == null || own.length == 0 || !(own[0] instanceof X509Certificate certificate)) {
      return Optional.empty();
    }
    return digest(certificate.getSigAlgName())
        .map(
            digest -> {
              try {
                return digest.digest(certificate.getEncoded());
              } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e); // TLS has just sent it
              }
            });
  }

  /**
   * RFC 5929 §4.1: the hash of the certificate's signature, SHA-256 in place of a broken one. One
   * whose signature has none of its own, as EdDSA, or names it elsewhere, as PSS, has no binding.
   */
  static Optional<MessageDigest> digest(String signatureAlgorithm) {
    String hash = signatureAlgorithm.toUpperCase(Locale.ROOT).split("WITH", 2)[0];
    String name =
        switch (hash) {
          case "MD5", "SHA1", "SHA256" -> "SHA-256";
          case "SHA384" -> "SHA-384";
          case "SHA512" -> "SHA-512";
          default -> "";
        };
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(MessageDigest.getInstance(name));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }
}
