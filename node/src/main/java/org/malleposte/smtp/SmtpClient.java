package org.malleposte.smtp;

import java.util.Objects;
import java.util.Optional;
import org.malleposte.auth.SaslLink;
import org.malleposte.mail.AccountName;
import org.malleposte.routing.Router.Peer;

/**
 * The other end of a session, as far as it is known.
 *
 * @param address textual IP address
 * @param hostName verified, empty when there is none
 * @param mechanism by which the account logged in, without {@code -PLUS}
 */
public record SmtpClient(
    String address,
    boolean loopback,
    Optional<String> hostName,
    Optional<TlsInfo> tls,
    Optional<AccountName> account,
    Optional<String> mechanism) {
  /**
   * @param version {@code TLSv1.3}, for {@code Received}
   * @param cipher {@code TLS_AES_128_GCM_SHA256}
   * @param link what a login may know of it
   */
  public record TlsInfo(String version, String cipher, SaslLink link) {
    public TlsInfo {
      Objects.requireNonNull(link);
    }
  }

  /** One that has just come. */
  public SmtpClient(
      String address,
      boolean loopback,
      Optional<String> hostName,
      Optional<TlsInfo> tls,
      Optional<AccountName> account) {
    this(address, loopback, hostName, tls, account, Optional.empty());
  }

  public SmtpClient {
    Objects.requireNonNull(address);
    Objects.requireNonNull(hostName);
    Objects.requireNonNull(tls);
    Objects.requireNonNull(account);
    Objects.requireNonNull(mechanism);
  }

  Peer peer() {
    return new Peer(address, hostName, account, mechanism);
  }

  SmtpClient named(Optional<String> verifiedName) {
    return new SmtpClient(address, loopback, verifiedName, tls, account, mechanism);
  }

  SmtpClient encrypted(TlsInfo info) {
    return new SmtpClient(address, loopback, hostName, Optional.of(info), account, mechanism);
  }

  SmtpClient loggedIn(AccountName name, String by) {
    return new SmtpClient(address, loopback, hostName, tls, Optional.of(name), Optional.of(by));
  }

  SaslLink link() {
    return tls.map(TlsInfo::link).orElseGet(() -> SaslLink.clear(loopback));
  }
}
