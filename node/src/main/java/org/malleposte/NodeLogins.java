package org.malleposte;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.security.auth.login.LoginException;
import org.malleposte.auth.DecoyKey;
import org.malleposte.auth.HashUpgrade;
import org.malleposte.auth.JwtVerifier;
import org.malleposte.auth.KerberosTickets;
import org.malleposte.auth.LdapPasswords;
import org.malleposte.auth.LoginHelpers;
import org.malleposte.auth.LoginNews;
import org.malleposte.auth.PasswordSource;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.auth.TicketConversation;
import org.malleposte.auth.TokenVerifier;
import org.malleposte.config.LoginLinks;
import org.malleposte.config.LoginPolicy;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.UsernameFormat;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.tls.ClientAuthority;
import org.malleposte.tls.TrustedServers;

/** What the {@code auth} section of the configuration makes. */
final class NodeLogins implements AutoCloseable {
  private final NodeConfig config;
  private final Optional<ClientAuthority> authority;
  private final LoginNews news;
  private final RandomGenerator random;
  private final DecoyKey decoyKey;
  private final Optional<LdapPasswords> ldap;
  private final Optional<TokenVerifier> tokens;
  private final Optional<KerberosTickets> kerberos;

  /**
   * @param authority whose client certificates are known
   * @param news of failed logins on the other nodes
   * @param random must not be predictable
   */
  NodeLogins(
      NodeConfig config,
      Optional<ClientAuthority> authority,
      LoginNews news,
      Directory directory,
      BlockingLane lane,
      Timers timers,
      InstantSource clock,
      RandomGenerator random)
      throws StartException {
    this.config = config;
    this.authority = authority;
    this.news = news;
    this.random = random;
    ldap = ldap(config.auth());
    tokens = config.auth().oauth().map(oauth -> new JwtVerifier(oauth, clock));
    kerberos = kerberos(config.auth());
    decoyKey = new DecoyKey(directory, lane, timers, random);
  }

  private static Optional<LdapPasswords> ldap(NodeConfig.Auth auth) throws StartException {
    if (auth.ldap().isEmpty()) {
      return Optional.empty();
    }
    var ldap = auth.ldap().get();
    try {
      return Optional.of(new LdapPasswords(ldap, TrustedServers.context(ldap.ca())));
    } catch (IOException e) {
      throw new StartException("auth.ldap: " + e.getMessage(), e);
    }
  }

  private static Optional<KerberosTickets> kerberos(NodeConfig.Auth auth) throws StartException {
    if (auth.kerberos().isEmpty()) {
      return Optional.empty();
    }
    var kerberos = auth.kerberos().get();
    try {
      return Optional.of(new KerberosTickets(kerberos.keytab(), kerberos.realm()));
    } catch (LoginException e) {
      throw new StartException("auth.kerberos: " + e.getMessage(), e);
    }
  }

  UsernameFormat usernameFormat() {
    return config.auth().usernameFormat();
  }

  /**
   * @param upgrade what would do it
   */
  LoginHelpers helpers(HashUpgrade upgrade) {
    return new LoginHelpers(
        decoyKey,
        ldap.<PasswordSource>map(passwords -> passwords),
        tokens,
        config.auth().upgradeHashes() ? Optional.of(upgrade) : Optional.empty(),
        news);
  }

  /**
   * @param service as SASL calls the protocol: smtp, imap, pop
   * @param other what another file says of it; asked each time, so that it may be reloaded
   */
  SaslMechanisms mechanisms(String service, Supplier<LoginPolicy> other) {
    return mechanisms(service, other, LoginLinks.NO_SECRETS);
  }

  /** Of a protocol by which mailboxes are read. */
  SaslMechanisms mailboxMechanisms(String service) {
    return mechanisms(service, () -> config.auth().mailboxPolicy(), config.auth().unencrypted());
  }

  private SaslMechanisms mechanisms(
      String service, Supplier<LoginPolicy> other, LoginLinks unencrypted) {
    var policy = config.auth().policy();
    return new SaslMechanisms(
        () -> policy.over(other.get()).mechanismsOrDefault(),
        new SaslMechanisms.Means(
            service,
            config.node().name().value(),
            authority.<Predicate<List<X509Certificate>>>map(a -> a::trusts),
            tokens.isPresent(),
            kerberos.<Supplier<TicketConversation>>map(t -> () -> t.begin(service))),
        unencrypted,
        random);
  }

  @Override
  public void close() {
    decoyKey.close();
    ldap.ifPresent(LdapPasswords::close);
  }
}
