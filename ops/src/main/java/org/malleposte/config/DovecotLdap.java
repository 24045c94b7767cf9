package org.malleposte.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.malleposte.dovecot.DovecotSetting;

/** {@code dovecot-ldap.conf.ext} of 2.3, and the {@code ldap_} settings of 2.4. */
final class DovecotLdap {
  /** What an LDAP server is asked for here is one bind; these do not matter for it. */
  private static final Set<String> MOOT =
      Set.of(
          "user_attrs",
          "user_filter",
          "iterate_attrs",
          "iterate_filter",
          "pass_attrs",
          "ldap_version",
          "deref",
          "default_pass_scheme",
          "blocking",
          "debug_level");

  private final DovecotTaking taking;
  private final Function<String, Optional<DovecotSetting>> settings;

  /**
   * @param settings by name, of the file or section that is about the server
   */
  DovecotLdap(DovecotTaking taking, Function<String, Optional<DovecotSetting>> settings) {
    this.taking = taking;
    this.settings = settings;
  }

  void take() {
    server();
    Optional<DovecotSetting> bindDn = of("dn", "ldap_auth_dn");
    Optional<DovecotSetting> password = of("dnpass", "ldap_auth_dn_password");
    Optional<DovecotSetting> userDn =
        of("auth_bind_userdn", "passdb_ldap_bind_userdn", "bind_userdn");
    of("auth_bind", "passdb_ldap_bind", "bind")
        .ifPresent(
            s -> {
              if (DovecotQuantities.isYes(s.value())) {
                taking.note(s, true, "as always");
              } else {
                taking.warn(s, "a password is checked by a bind as the user", "write yes");
              }
            });
    if (userDn.filter(s -> !s.value().isEmpty()).isPresent()) {
      taking.take(ConfigKeys.AUTH_LDAP_USER_DN, userDn.get().value(), userDn.get());
    }
    of("base", "ldap_base").ifPresent(this::base);
    of("pass_filter", "passdb_ldap_filter", "filter")
        .filter(s -> !s.value().isEmpty())
        .ifPresent(s -> taking.take(ConfigKeys.AUTH_LDAP_FILTER, s.value(), s));
    bindDn
        .filter(s -> !s.value().isEmpty())
        .ifPresent(s -> taking.take(ConfigKeys.AUTH_LDAP_BIND_DN, s.value(), s));
    password
        .filter(s -> !s.value().isEmpty())
        .ifPresent(
            s ->
                taking.take(
                    s.isFile() ? ConfigKeys.AUTH_LDAP_PASSWORD_FILE : ConfigKeys.AUTH_LDAP_PASSWORD,
                    s.value(),
                    s));
    of("scope", "ldap_scope")
        .ifPresent(
            s -> {
              if (s.value().equals("subtree")) {
                taking.note(s, true, "as always");
              } else {
                taking.warn(s, "the whole subtree is searched", "make pass_filter narrower");
              }
            });
  }

  /** What is left of a file about the server. */
  void rest(List<DovecotSetting> all) {
    for (DovecotSetting setting : all) {
      if (MOOT.contains(setting.key())) {
        taking.note(setting, false, "no effect: LDAP checks passwords, and mail lives here");
      } else {
        taking.warn(setting, "it is not supported", "see auth.ldap in the configuration file");
      }
    }
  }

  private void server() {
    Optional<DovecotSetting> uris = of("uris", "ldap_uris").filter(s -> !s.value().isBlank());
    Optional<DovecotSetting> hosts = of("hosts").filter(s -> !s.value().isBlank());
    Optional<DovecotSetting> by = uris.or(() -> hosts);
    if (by.isEmpty()) {
      return;
    }
    String[] all = by.get().value().strip().split("\\s+");
    taking.take(ConfigKeys.AUTH_LDAP_URL, uris.isPresent() ? all[0] : "ldap://" + all[0], by.get());
    if (all.length > 1) {
      taking.warn(
          by.get().place(), by.get().key() + ": only " + all[0] + " is asked", "name one server");
    }
    Optional<DovecotSetting> tls = of("tls", "ldap_starttls");
    tls.ifPresent(
        s ->
            taking.take(
                ConfigKeys.AUTH_LDAP_START_TLS,
                String.valueOf(DovecotQuantities.isYes(s.value())),
                s));
    // Without a word Dovecot sends passwords in clear; the rules of auth.ldap decide about that.
    if (tls.isEmpty()) {
      taking.put(ConfigKeys.AUTH_LDAP_START_TLS, "false", by.get().place(), "tls");
    }
    of("tls_ca_cert_file", "ssl_client_ca_file")
        .filter(s -> !s.value().isEmpty())
        .ifPresent(s -> taking.take(ConfigKeys.AUTH_LDAP_CA, s.value(), s));
  }

  private void base(DovecotSetting base) {
    if (base.value().indexOf('%') >= 0) {
      taking.warn(base, "a base is the same for all users", "put the variable into pass_filter");
    } else {
      taking.take(ConfigKeys.AUTH_LDAP_BASE, base.value(), base);
    }
  }

  private Optional<DovecotSetting> of(String... names) {
    for (String name : names) {
      Optional<DovecotSetting> found = settings.apply(name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
