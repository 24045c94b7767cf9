package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.net.URI;
import java.util.Optional;
import org.malleposte.config.NodeConfig.Auth;
import org.malleposte.config.NodeConfig.Kerberos;
import org.malleposte.config.NodeConfig.Ldap;
import org.malleposte.config.NodeConfig.LdapUsers;
import org.malleposte.config.NodeConfig.Oauth;
import org.malleposte.config.NodeConfig.TokenKeys;

/** The {@code auth} section, after {@link AuthRules} found nothing wrong in it. */
final class AuthAssembly {
  private AuthAssembly() {}

  static Auth auth(Settings s) {
    return new Auth(
        s.get(AUTH_MECHANISMS).isEmpty()
            ? LoginPolicy.SILENT
            : new LoginPolicy(Optional.of(s.get(AUTH_MECHANISMS))),
        s.get(AUTH_USERNAME_FORMAT),
        s.get(AUTH_UPGRADE_HASHES),
        s.get(AUTH_CLIENT_CA),
        s.get(AUTH_CLIENT_CA_DIRECTORY),
        s.get(AUTH_LDAP_URL).map(url -> ldap(URI.create(url), s)),
        oauth(s),
        s.get(AUTH_KERBEROS_KEYTAB).map(file -> new Kerberos(file, s.get(AUTH_KERBEROS_REALM))));
  }

  private static Ldap ldap(URI url, Settings s) {
    return new Ldap(
        url,
        s.get(AUTH_LDAP_START_TLS) && url.getScheme().equals("ldap"),
        s.get(AUTH_LDAP_CA),
        s.get(AUTH_LDAP_USER_DN)
            .<LdapUsers>map(LdapUsers.ByName::new)
            .orElseGet(
                () ->
                    new LdapUsers.BySearch(
                        s.get(AUTH_LDAP_BASE).orElseThrow(),
                        s.get(AUTH_LDAP_FILTER),
                        s.get(AUTH_LDAP_BIND_DN),
                        s.get(AUTH_LDAP_PASSWORD_FILE))),
        s.get(AUTH_LDAP_TIMEOUT),
        s.get(AUTH_LDAP_CONNECTIONS));
  }

  private static Optional<Oauth> oauth(Settings s) {
    Optional<TokenKeys> keys =
        s.get(AUTH_OAUTH_JWKS_FILE)
            .<TokenKeys>map(TokenKeys.InFile::new)
            .or(() -> s.get(AUTH_OAUTH_JWKS_URL).map(u -> new TokenKeys.AtUrl(URI.create(u))));
    return keys.map(
        k ->
            new Oauth(
                k,
                s.get(AUTH_OAUTH_ISSUER).orElseThrow(),
                s.get(AUTH_OAUTH_AUDIENCE).orElseThrow(),
                s.get(AUTH_OAUTH_CLAIM)));
  }
}
