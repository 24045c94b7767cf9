package org.malleposte.auth;

import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.malleposte.auth.LoginGate.Finding;
import org.malleposte.config.NodeConfig.Ldap;
import org.malleposte.config.NodeConfig.LdapUsers;
import org.malleposte.config.UsernameFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks passwords by a bind at an LDAP server (RFC 4513 §5.1), on threads of its own, over pooled
 * connections, each operation within the configured time. Thread-safe.
 *
 * <p>The server need not be there when the node starts.
 */
public final class LdapPasswords implements PasswordSource, AutoCloseable {
  /** Logins that wait for a connection; more are turned away. */
  private static final int WAITING_MAX = 200;

  private static final int LDAP_PORT = 389;
  private static final int LDAPS_PORT = 636;
  private static final Logger LOG = LoggerFactory.getLogger(LdapPasswords.class);

  private final Ldap config;
  private final BlockingLane lane;
  private final LDAPConnectionPool pool;

  /**
   * @param tls that trusts the server
   * @throws IOException when the password file cannot be read
   */
  public LdapPasswords(Ldap config, SSLContext tls) throws IOException {
    this.config = config;
    lane = new BlockingLane("ldap", config.connections(), WAITING_MAX);
    try {
      pool = pool(config, tls);
    } catch (LDAPException e) {
      throw new IOException(e.getMessage(), e);
    }
    pool.setConnectionPoolName("ldap");
    pool.setMaxWaitTimeMillis(config.timeout().toMillis());
    pool.setRetryFailedOperationsDueToInvalidConnections(true);
  }

  private static LDAPConnectionPool pool(Ldap config, SSLContext tls)
      throws LDAPException, IOException {
    URI url = config.url();
    boolean ldaps = url.getScheme().equals("ldaps");
    var options = new LDAPConnectionOptions();
    int millis = Math.clamp(config.timeout().toMillis(), 1, Integer.MAX_VALUE);
    options.setConnectTimeoutMillis(millis);
    options.setResponseTimeoutMillis(millis);
    options.setUseSynchronousMode(true);
    options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
    PostConnectProcessor startTls =
        config.startTls() ? new StartTLSPostConnectProcessor(tls) : null;
    int byDefault = ldaps ? LDAPS_PORT : LDAP_PORT;
    var server =
        new SingleServerSet(
            url.getHost(),
            url.getPort() < 0 ? byDefault : url.getPort(),
            ldaps ? tls.getSocketFactory() : SocketFactory.getDefault(),
            options);
    return new LDAPConnectionPool(
        server, searcher(config.users()).orElse(null), 0, config.connections(), startTls);
  }

  private static Optional<SimpleBindRequest> searcher(LdapUsers users) throws IOException {
    return switch (users) {
      case LdapUsers.BySearch(var _, var _, var dn, var file, var password) when dn.isPresent() -> {
        String text =
            password.isPresent()
                ? password.get().text()
                : Files.readString(file.orElseThrow()).stripTrailing();
        yield Optional.of(new SimpleBindRequest(dn.get(), text));
      }
      case LdapUsers.BySearch _, LdapUsers.ByName _ -> Optional.empty();
    };
  }

  @Override
  public CompletableFuture<Finding> check(String name, String password) {
    return lane.call(() -> bind(name, password));
  }

  private Finding bind(String name, String password) {
    try {
      var account = AccountName.of(name);
      var dn = dropsDomain(name) ? Optional.<String>empty() : find(name);
      if (dn.isEmpty()) {
        return new Finding.Wrong();
      }
      // The password is never empty: a bind without one succeeds for anybody (RFC 4513 §5.1.2).
      pool.bindAndRevertAuthentication(dn.get(), password);
      return new Finding.Right(account);
    } catch (LDAPException e) {
      return failed(e);
    } catch (IllegalArgumentException e) {
      return new Finding.Wrong(); // no account can have this name
    }
  }

  /**
   * Whether the domain of the name is not asked for: then whoever is alice somewhere would be alice
   * everywhere. A domain of ours was taken off before.
   */
  private boolean dropsDomain(String name) {
    String template =
        switch (config.users()) {
          case LdapUsers.ByName(var dn) -> dn;
          case LdapUsers.BySearch(var _, var filter, var _, var _, var _) -> filter;
        };
    int at = name.lastIndexOf('@');
    return at >= 0 && expand(template, name).equals(expand(template, name.substring(0, at)));
  }

  private static Finding failed(LDAPException e) {
    ResultCode code = e.getResultCode();
    boolean wrong =
        code.equals(ResultCode.INVALID_CREDENTIALS)
            || code.equals(ResultCode.NO_SUCH_OBJECT)
            || code.equals(ResultCode.INAPPROPRIATE_AUTHENTICATION)
            || code.equals(ResultCode.UNWILLING_TO_PERFORM);
    if (wrong) {
      return new Finding.Wrong();
    }
    LOG.warn("LDAP cannot check logins: {}", e.getResultString());
    return new Finding.Unavailable("the LDAP server does not answer");
  }

  private Optional<String> find(String name) throws LDAPException {
    return switch (config.users()) {
      case LdapUsers.ByName(var dn) -> Optional.of(expand(dn, name));
      case LdapUsers.BySearch(var base, var filter, var _, var _, var _) ->
          search(base, filter, name);
    };
  }

  private Optional<String> search(String base, String filter, String name) throws LDAPException {
    var found = pool.search(base, SearchScope.SUB, expand(filter, name), "1.1").getSearchEntries();
    if (found.size() > 1) {
      LOG.warn("LDAP knows {} users for a filter that should find one: {}", found.size(), filter);
    }
    return found.size() == 1 ? Optional.of(found.getFirst().getDN()) : Optional.empty();
  }

  private static String expand(String template, String name) {
    return UsernameFormat.parse(template).apply(escaped(name));
  }

  /**
   * With a backslash and two digits in place of each octet that means something in a filter (RFC
   * 4515 §3) or in a name (RFC 4514 §2.4); both read it so.
   */
  static String escaped(String name) {
    var escaped = new StringBuilder();
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "@._-".indexOf(c) >= 0);
      escaped.append(plain ? String.valueOf(c) : String.format("\\%02x", (int) c));
    }
    return escaped.toString();
  }

  @Override
  public void close() {
    lane.close();
    pool.close();
  }
}
