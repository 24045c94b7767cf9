package org.malleposte.auth;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * Accepts Kerberos tickets for the services in a keytab, without asking the KDC. The realm and its
 * encryption types are the JDK's affair ({@code krb5.conf}). Thread-safe.
 */
public final class KerberosTickets {
  private static final String LOGIN_MODULE = "com.sun.security.auth.module.Krb5LoginModule";
  private static final String APPLICATION = "malleposte";

  private final Subject acceptor;
  private final String realm;

  /**
   * @param realm whose users are ours; empty: the default one of {@code krb5.conf}
   * @throws LoginException when the keytab or {@code krb5.conf} cannot be used
   */
  public KerberosTickets(Path keytab, Optional<String> realm) throws LoginException {
    try {
      this.realm = realm.orElseGet(() -> new KerberosPrincipal("anyone").getRealm());
    } catch (IllegalArgumentException e) {
      var failure = new LoginException("no default realm: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
    acceptor = new Subject();
    new LoginContext(APPLICATION, acceptor, null, acceptOnly(keytab)).login();
  }

  private static Configuration acceptOnly(Path keytab) {
    var entry =
        new AppConfigurationEntry(
            LOGIN_MODULE,
            LoginModuleControlFlag.REQUIRED,
            Map.of(
                "useKeyTab", "true",
                "keyTab", keytab.toString(),
                "principal", "*",
                "storeKey", "true",
                "doNotPrompt", "true",
                "isInitiator", "false"));
    return new Configuration() {
      @Override
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return new AppConfigurationEntry[] {entry};
      }
    };
  }

  /**
   * @param service smtp, imap, pop
   */
  public TicketConversation begin(String service) {
    return new Conversation(service);
  }

  private final class Conversation implements TicketConversation {
    private final String service;
    private Optional<SaslServer> server = Optional.empty();
    private Optional<AuthorizeCallback> authorized = Optional.empty();

    Conversation(String service) {
      this.service = service;
    }

    @Override
    public Step take(byte[] token) throws SaslException {
      try {
        return Subject.callAs(acceptor, () -> evaluate(token));
      } catch (CompletionException e) {
        throw e.getCause() instanceof SaslException bad
            ? bad
            : new SaslException("the ticket cannot be checked", e.getCause());
      }
    }

    private Step evaluate(byte[] token) throws SaslException {
      if (server.isEmpty()) {
        // Whatever names this host has in the keytab: no server name is given.
        server =
            Optional.of(
                Sasl.createSaslServer(
                    "GSSAPI", service, null, Map.of(Sasl.QOP, "auth"), this::authorize));
      }
      byte[] challenge = server.get().evaluateResponse(token);
      if (!server.get().isComplete()) {
        return new Step.Challenge(challenge == null ? new byte[0] : challenge);
      }
      return named();
    }

    private void authorize(Callback[] callbacks) {
      for (var callback : callbacks) {
        if (callback instanceof AuthorizeCallback asked) {
          asked.setAuthorized(true); // whether it may, the accounts decide
          authorized = Optional.of(asked);
        }
      }
    }

    private Step named() {
      var asked = authorized.orElseThrow();
      String principal = asked.getAuthenticationID();
      String actAs = asked.getAuthorizationID();
      return new Step.Named(
          logins(principal, realm),
          actAs.isEmpty() || actAs.equals(principal) ? Optional.empty() : Optional.of(actAs));
    }
  }

  /** A user of another realm is nobody here, though it may have the same name. */
  static List<String> logins(String principal, String realm) {
    int at = principal.lastIndexOf('@');
    if (at < 1 || !principal.substring(at + 1).equals(realm)) {
      return List.of();
    }
    String user = principal.substring(0, at);
    return List.of(user, user + "@" + realm.toLowerCase(Locale.ROOT));
  }
}
