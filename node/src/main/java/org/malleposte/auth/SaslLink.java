package org.malleposte.auth;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** What a login may know of its connection. Belongs to the connection's thread. */
public interface SaslLink {
  boolean isEncrypted();

  boolean isLoopback();

  /** What names this very connection at both ends; empty: not to be had (RFC 5056). */
  Optional<byte[]> channelBinding(ChannelBinding type);

  /** As the client has shown them, and proven that it has the key of the first; not verified. */
  List<X509Certificate> clientCertificates();

  /** Whether what is secret may be sent over it: as Dovecot's {@code disable_plaintext_auth}. */
  default boolean isPrivate() {
    return isEncrypted() || isLoopback();
  }

  /** Not encrypted. */
  static SaslLink clear(boolean loopback) {
    return new Bare(false, loopback);
  }

  /**
   * @param session after its handshake
   */
  static SaslLink encrypted(boolean loopback, SSLSession session) {
    return new TlsLink(loopback, session);
  }

  /** Of which no more is known than this. */
  record Bare(boolean isEncrypted, boolean isLoopback) implements SaslLink {
    @Override
    public Optional<byte[]> channelBinding(ChannelBinding type) {
      return Optional.empty();
    }

    @Override
    public List<X509Certificate> clientCertificates() {
      return List.of();
    }
  }
}
