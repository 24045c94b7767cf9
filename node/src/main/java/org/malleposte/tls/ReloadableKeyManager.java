package org.malleposte.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A key manager whose identities can be replaced: a handshake that begins after {@link #use} has
 * the new ones. So a new certificate needs no new listener and no new link. A client that asks for
 * a name (RFC 6066 §3) is shown the first identity that has it, any other the first. Thread-safe.
 */
final class ReloadableKeyManager extends X509ExtendedKeyManager {
  /** One identity; its aliases begin with its number. */
  private record Entry(String prefix, CertificateNames names, X509ExtendedKeyManager manager) {
    String aliased(String alias) {
      return alias == null ? null : prefix + alias;
    }
  }

  private volatile List<Entry> current = List.of();

  ReloadableKeyManager(Identity identity) {
    use(List.of(identity));
  }

  /**
   * @param identities not empty; the first is for whoever asks for none of the names
   */
  void use(List<Identity> identities) {
    var entries = new ArrayList<Entry>();
    for (Identity identity : identities) {
      entries.add(
          new Entry(
              entries.size() + ":",
              CertificateNames.of(identity.chain().getFirst()),
              identity.keyManager()));
    }
    current = List.copyOf(entries);
  }

  private Entry first() {
    return current.getFirst();
  }

  private Optional<Entry> withAlias(String alias) {
    return current.stream().filter(entry -> alias.startsWith(entry.prefix())).findFirst();
  }

  private static String inner(String alias) {
    return alias.substring(alias.indexOf(':') + 1);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return aliased(first().manager().getClientAliases(keyType, issuers));
  }

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return first().aliased(first().manager().chooseClientAlias(keyType, issuers, socket));
  }

  @Override
  public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
    return first().aliased(first().manager().chooseEngineClientAlias(keyType, issuers, engine));
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return aliased(first().manager().getServerAliases(keyType, issuers));
  }

  private String[] aliased(String[] aliases) {
    if (aliases == null) {
      return null;
    }
    var own = new String[aliases.length];
    for (int i = 0; i < aliases.length; i++) {
      own[i] = first().aliased(aliases[i]);
    }
    return own;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return first().aliased(first().manager().chooseServerAlias(keyType, issuers, socket));
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    var asked = asked(engine.getHandshakeSession());
    var entries = current;
    var named = entries.stream().filter(e -> asked.map(e.names()::contain).orElse(false)).toList();
    // None with a key of this kind: null, and the engine asks for the next kind.
    return (named.isEmpty() ? List.of(entries.getFirst()) : named)
        .stream()
            .map(e -> e.aliased(e.manager().chooseEngineServerAlias(keyType, issuers, engine)))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }

  private static Optional<String> asked(SSLSession session) {
    if (!(session instanceof ExtendedSSLSession extended)) {
      return Optional.empty();
    }
    for (SNIServerName name : extended.getRequestedServerNames()) {
      if (name instanceof SNIHostName host) {
        return Optional.of(host.getAsciiName());
      }
    }
    return Optional.empty();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return withAlias(alias).map(e -> e.manager().getCertificateChain(inner(alias))).orElse(null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return withAlias(alias).map(e -> e.manager().getPrivateKey(inner(alias))).orElse(null);
  }
}
