package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What must hold within the {@code auth} section. */
final class AuthRules {
  private final Settings settings;
  private final Origin somewhere;
  private final List<ConfigProblem> problems = new ArrayList<>();

  AuthRules(Settings settings, Origin somewhere) {
    this.settings = settings;
    this.somewhere = somewhere;
  }

  List<ConfigProblem> problems() {
    List.of(
            AUTH_CLIENT_CA,
            AUTH_LDAP_CA,
            AUTH_LDAP_PASSWORD_FILE,
            AUTH_OAUTH_JWKS_FILE,
            AUTH_KERBEROS_KEYTAB)
        .forEach(this::readable);
    ldap();
    oauth();
    needs(LoginMechanism.EXTERNAL, AUTH_CLIENT_CA, settings.get(AUTH_CLIENT_CA).isPresent());
    needs(
        LoginMechanism.OAUTHBEARER,
        AUTH_OAUTH_JWKS_FILE,
        settings.get(AUTH_OAUTH_JWKS_FILE).isPresent()
            || settings.get(AUTH_OAUTH_JWKS_URL).isPresent());
    needs(
        LoginMechanism.GSSAPI,
        AUTH_KERBEROS_KEYTAB,
        settings.get(AUTH_KERBEROS_KEYTAB).isPresent());
    return problems;
  }

  private void ldap() {
    Optional<String> url = settings.get(AUTH_LDAP_URL);
    if (url.isEmpty()) {
      return;
    }
    var server = uri(url.get()).filter(u -> u.getHost() != null);
    if (server.isEmpty() || !List.of("ldap", "ldaps").contains(server.get().getScheme())) {
      error(
          "auth.ldap.url: '" + url.get() + "' names no LDAP server",
          "write ldap://host:389 or ldaps://host:636",
          AUTH_LDAP_URL);
      return;
    }
    boolean clear = server.get().getScheme().equals("ldap") && !settings.get(AUTH_LDAP_START_TLS);
    String host = server.get().getHost();
    if (clear && !new HostPort(host.replaceAll("[\\[\\]]", ""), 389).isLoopback()) {
      error(
          "auth.ldap: passwords would cross the network in clear",
          "write ldaps://, or auth.ldap.start-tls: true",
          AUTH_LDAP_START_TLS,
          AUTH_LDAP_URL);
    }
    if (settings.get(AUTH_LDAP_USER_DN).isEmpty() && settings.get(AUTH_LDAP_BASE).isEmpty()) {
      error(
          "auth.ldap does not say where users are",
          "set auth.ldap.user-dn, or auth.ldap.base for a search",
          AUTH_LDAP_URL);
    }
    boolean file = settings.get(AUTH_LDAP_PASSWORD_FILE).isPresent();
    boolean text = settings.get(AUTH_LDAP_PASSWORD).isPresent();
    if (file && text) {
      error(
          "auth.ldap.password and auth.ldap.password-file are both set",
          "set one of them",
          AUTH_LDAP_PASSWORD);
    }
    if (settings.get(AUTH_LDAP_BIND_DN).isPresent() != (file || text)) {
      error(
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
      error(
          "auth.oauth has keys in a file and at a URL",
          "set auth.oauth.jwks-file or auth.oauth.jwks-url",
          AUTH_OAUTH_JWKS_URL);
    }
    // Whoever could change the keys on their way could log in as anyone.
    if (url.isPresent()
        && uri(url.get())
            .filter(u -> "https".equals(u.getScheme()) && u.getHost() != null)
            .isEmpty()) {
      error(
          "auth.oauth.jwks-url: '" + url.get() + "' is no https URL",
          "write https://host/path",
          AUTH_OAUTH_JWKS_URL);
    }
    boolean keys = file || url.isPresent();
    if (keys
        && (settings.get(AUTH_OAUTH_ISSUER).isEmpty()
            || settings.get(AUTH_OAUTH_AUDIENCE).isEmpty())) {
      error(
          "auth.oauth would take tokens that were made for others",
          "set auth.oauth.issuer and auth.oauth.audience",
          AUTH_OAUTH_JWKS_FILE,
          AUTH_OAUTH_JWKS_URL);
    }
  }

  private void needs(LoginMechanism mechanism, ConfigKey<?> key, boolean there) {
    if (settings.get(AUTH_MECHANISMS).contains(mechanism) && !there) {
      problems.add(
          ConfigProblem.warning(
              settings.firstGiven(AUTH_MECHANISMS).orElse(somewhere),
              "auth.mechanisms: " + mechanism.registered() + " is never offered",
              "set " + key.path() + ", or remove it"));
    }
  }

  private void readable(ConfigKey<Optional<Path>> key) {
    settings
        .get(key)
        .filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
        .ifPresent(
            file ->
                error(
                    key.path() + ": cannot read " + file,
                    "create the file, or see its permissions",
                    key));
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private void error(String what, String remedy, ConfigKey<?>... keys) {
    problems.add(ConfigProblem.error(settings.firstGiven(keys).orElse(somewhere), what, remedy));
  }
}
