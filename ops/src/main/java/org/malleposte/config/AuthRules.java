package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What must hold within the {@code auth} section. */
final class AuthRules {
  private final Settings settings;
  private final Findings findings;

  AuthRules(Settings settings, Findings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  void check() {
    List.of(
            AUTH_CLIENT_CA,
            AUTH_LDAP_CA,
            AUTH_LDAP_PASSWORD_FILE,
            AUTH_OAUTH_JWKS_FILE,
            AUTH_KERBEROS_KEYTAB)
        .forEach(findings::readable);
    settings.get(AUTH_CLIENT_CA_DIRECTORY).ifPresent(this::authorities);
    ldap();
    oauth();
    needs(
        LoginMechanism.EXTERNAL,
        AUTH_CLIENT_CA,
        settings.get(AUTH_CLIENT_CA).isPresent()
            || settings.get(AUTH_CLIENT_CA_DIRECTORY).isPresent());
    needs(
        LoginMechanism.OAUTHBEARER,
        AUTH_OAUTH_JWKS_FILE,
        settings.get(AUTH_OAUTH_JWKS_FILE).isPresent()
            || settings.get(AUTH_OAUTH_JWKS_URL).isPresent());
    needs(
        LoginMechanism.GSSAPI,
        AUTH_KERBEROS_KEYTAB,
        settings.get(AUTH_KERBEROS_KEYTAB).isPresent());
  }

  private void ldap() {
    Optional<String> url = settings.get(AUTH_LDAP_URL);
    if (url.isEmpty()) {
      return;
    }
    var server = uri(url.get()).filter(u -> u.getHost() != null);
    if (server.isEmpty() || !List.of("ldap", "ldaps").contains(server.get().getScheme())) {
      findings.error(
          "auth.ldap.url: '" + url.get() + "' names no LDAP server",
          "write ldap://host:389 or ldaps://host:636",
          AUTH_LDAP_URL);
      return;
    }
    boolean clear = server.get().getScheme().equals("ldap") && !settings.get(AUTH_LDAP_START_TLS);
    String host = server.get().getHost();
    if (clear && !new HostPort(host.replaceAll("[\\[\\]]", ""), 389).isLoopback()) {
      findings.error(
          "auth.ldap: passwords would cross the network in clear",
          "write ldaps://, or auth.ldap.start-tls: true",
          AUTH_LDAP_START_TLS,
          AUTH_LDAP_URL);
    }
    if (settings.get(AUTH_LDAP_USER_DN).isEmpty() && settings.get(AUTH_LDAP_BASE).isEmpty()) {
      findings.error(
          "auth.ldap does not say where users are",
          "set auth.ldap.user-dn, or auth.ldap.base for a search",
          AUTH_LDAP_URL);
    }
    if (settings.get(AUTH_LDAP_BIND_DN).isPresent()
        != settings.get(AUTH_LDAP_PASSWORD_FILE).isPresent()) {
      findings.error(
          "auth.ldap.bind-dn and auth.ldap.password-file belong together",
          "set both, or neither",
          AUTH_LDAP_BIND_DN,
          AUTH_LDAP_PASSWORD_FILE);
    }
  }

  private void oauth() {
    boolean file = settings.get(AUTH_OAUTH_JWKS_FILE).isPresent();
    Optional<String> url = settings.get(AUTH_OAUTH_JWKS_URL);
    if (file && url.isPresent()) {
      findings.error(
          "auth.oauth has keys in a file and at a URL",
          "set auth.oauth.jwks-file or auth.oauth.jwks-url",
          AUTH_OAUTH_JWKS_URL);
    }
    // Whoever could change the keys on their way could log in as anyone.
    if (url.isPresent()
        && uri(url.get())
            .filter(u -> "https".equals(u.getScheme()) && u.getHost() != null)
            .isEmpty()) {
      findings.error(
          "auth.oauth.jwks-url: '" + url.get() + "' is no https URL",
          "write https://host/path",
          AUTH_OAUTH_JWKS_URL);
    }
    boolean keys = file || url.isPresent();
    if (keys
        && (settings.get(AUTH_OAUTH_ISSUER).isEmpty()
            || settings.get(AUTH_OAUTH_AUDIENCE).isEmpty())) {
      findings.error(
          "auth.oauth would take tokens that were made for others",
          "set auth.oauth.issuer and auth.oauth.audience",
          AUTH_OAUTH_JWKS_FILE,
          AUTH_OAUTH_JWKS_URL);
    }
  }

  private void needs(LoginMechanism mechanism, ConfigKey<?> key, boolean there) {
    if (settings.get(AUTH_MECHANISMS).contains(mechanism) && !there) {
      findings.warning(
          "auth.mechanisms: " + mechanism.registered() + " is never offered",
          "set " + key.path() + ", or remove it",
          AUTH_MECHANISMS);
    }
  }

  private void authorities(Path directory) {
    try {
      List<Path> files = AuthorityDirectory.files(directory);
      if (files.isEmpty()) {
        findings.error(
            AUTH_CLIENT_CA_DIRECTORY.path() + ": no authority in " + directory,
            "run 'openssl rehash' on it, which names them by their hash",
            AUTH_CLIENT_CA_DIRECTORY);
      }
      for (Path file : files) {
        if (!Files.isReadable(file)) {
          findings.error(
              AUTH_CLIENT_CA_DIRECTORY.path() + ": cannot read " + file,
              "see its permissions, or remove it",
              AUTH_CLIENT_CA_DIRECTORY);
        }
      }
    } catch (IOException e) {
      findings.error(
          AUTH_CLIENT_CA_DIRECTORY.path() + ": cannot use the directory " + e.getMessage(),
          "create it, or see its permissions",
          AUTH_CLIENT_CA_DIRECTORY);
    }
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
