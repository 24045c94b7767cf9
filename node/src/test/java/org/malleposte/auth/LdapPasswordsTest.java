package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.util.ssl.PEMFileKeyManager;
import com.unboundid.util.ssl.SSLUtil;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.LoginGate.Finding;
import org.malleposte.config.NodeConfig.Ldap;
import org.malleposte.config.NodeConfig.LdapUsers;
import org.malleposte.mail.AccountName;
import org.malleposte.tls.TrustedServers;
import org.malleposte.transcript.TestCertificate;

class LdapPasswordsTest {
  private static final LdapUsers BY_NAME =
      new LdapUsers.ByName("uid=%n,ou=people,dc=example,dc=org");

  @TempDir Path directory;
  private InMemoryDirectoryServer server;
  private Path ca;

  @BeforeEach
  void start() throws Exception {
    var certificate = TestCertificate.create("localhost");
    ca = Files.writeString(directory.resolve("ldap.crt"), certificate.certificatePem());
    Path key = Files.writeString(directory.resolve("ldap.key"), certificate.keyPem());
    var tls = new SSLUtil(new PEMFileKeyManager(ca.toFile(), key.toFile()), null);
    var config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
    config.addAdditionalBindCredentials("cn=mail", "searcher");
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "starttls", InetAddress.getLoopbackAddress(), 0, tls.createSSLSocketFactory()),
        InMemoryListenerConfig.createLDAPSConfig(
            "ldaps",
            InetAddress.getLoopbackAddress(),
            0,
            tls.createSSLServerSocketFactory(),
            null));
    server = new InMemoryDirectoryServer(config);
    server.add("dn: dc=example,dc=org", "objectClass: domain", "dc: example");
    server.add("dn: ou=people,dc=example,dc=org", "objectClass: organizationalUnit", "ou: people");
    for (String user : new String[] {"alice", "bob"}) {
      server.add(
          "dn: uid=" + user + ",ou=people,dc=example,dc=org",
          "objectClass: inetOrgPerson",
          "uid: " + user,
          "cn: " + user,
          "sn: " + user,
          "mail: " + user + "@example.org",
          "userPassword: secret of " + user);
    }
    server.startListening();
  }

  @AfterEach
  void stop() {
    server.shutDown(true);
  }

  private Ldap config(String scheme, LdapUsers users) {
    boolean ldaps = scheme.equals("ldaps");
    int port = server.getListenPort(ldaps ? "ldaps" : "starttls");
    return new Ldap(
        URI.create(scheme + "://localhost:" + port),
        !ldaps,
        Optional.of(ca),
        users,
        Duration.ofSeconds(5),
        2);
  }

  private static LdapPasswords passwords(Ldap config) throws Exception {
    return new LdapPasswords(config, TrustedServers.context(config.ca()));
  }

  private static boolean isRight(LdapPasswords passwords, String name, String password) {
    return switch (passwords.check(name, password).join()) {
      case Finding.Right(var account, var _) -> {
        assertThat(account).isEqualTo(AccountName.of(name));
        yield true;
      }
      case Finding.Wrong _ -> false;
      case Finding.Unavailable(var detail) -> throw new AssertionError(detail);
    };
  }

  private static void checksThem(LdapPasswords passwords) {
    for (int round = 0; round < 3; round++) {
      assertThat(isRight(passwords, "alice", "secret of alice")).isTrue();
      assertThat(isRight(passwords, "alice", "secret of bob")).isFalse();
      assertThat(isRight(passwords, "nobody", "secret of alice")).isFalse();
      assertThat(isRight(passwords, "bob", "secret of bob")).isTrue();
    }
  }

  @Test
  void bindsAsTheUserOverStartTls() throws Exception {
    try (var passwords = passwords(config("ldap", BY_NAME))) {
      checksThem(passwords);
    }
  }

  @Test
  void searchesFirst() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "searcher\n");
    var users =
        new LdapUsers.BySearch(
            "dc=example,dc=org", "(uid=%u)", Optional.of("cn=mail"), Optional.of(secret));
    try (var passwords = passwords(config("ldaps", users))) {
      checksThem(passwords);
    }
  }

  @Test
  void aNameIsNoPattern() throws Exception {
    var users =
        new LdapUsers.BySearch("dc=example,dc=org", "(uid=%u)", Optional.empty(), Optional.empty());
    try (var passwords = passwords(config("ldaps", users))) {
      for (String name : new String[] {"ali*", "*", "alice)(uid=*", "alice\\"}) {
        assertThat(isRight(passwords, name, "secret of alice")).as(name).isFalse();
      }
    }
    try (var passwords = passwords(config("ldaps", BY_NAME))) {
      assertThat(isRight(passwords, "x,uid=alice", "secret of alice")).isFalse();
      assertThat(isRight(passwords, "alice+x", "secret of alice")).isFalse();
    }
  }

  @Test
  void whoIsAliceSomewhereIsNotAliceEverywhere() throws Exception {
    try (var passwords = passwords(config("ldaps", BY_NAME))) {
      assertThat(isRight(passwords, "alice@elsewhere.example", "secret of alice")).isFalse();
    }
    var byMail =
        new LdapUsers.BySearch(
            "dc=example,dc=org", "(mail=%u)", Optional.empty(), Optional.empty());
    try (var passwords = passwords(config("ldaps", byMail))) {
      assertThat(isRight(passwords, "alice@example.org", "secret of alice")).isTrue();
      assertThat(isRight(passwords, "alice@elsewhere.example", "secret of alice")).isFalse();
    }
  }

  @Test
  void oneNameForTwoUsersIsNobody() throws Exception {
    var users =
        new LdapUsers.BySearch(
            "dc=example,dc=org", "(|(uid=%u)(uid=bob))", Optional.empty(), Optional.empty());
    try (var passwords = passwords(config("ldaps", users))) {
      assertThat(isRight(passwords, "alice", "secret of alice")).isFalse();
      assertThat(isRight(passwords, "bob", "secret of bob")).isTrue();
    }
  }

  @Test
  void aServerThatIsNotTrustedIsToldNothing() throws Exception {
    Path other =
        Files.writeString(
            directory.resolve("other.crt"), TestCertificate.create("localhost").certificatePem());
    for (String scheme : new String[] {"ldap", "ldaps"}) {
      var config = config(scheme, BY_NAME);
      var wary = new LdapPasswords(config, TrustedServers.context(Optional.of(other)));
      try (wary) {
        assertThat(wary.check("alice", "secret of alice").join())
            .isInstanceOf(Finding.Unavailable.class);
      }
    }
  }

  @Test
  void aServerThatIsAwayIsNotAWrongPassword() throws Exception {
    try (var passwords = passwords(config("ldap", BY_NAME))) {
      assertThat(isRight(passwords, "alice", "secret of alice")).isTrue();
      server.shutDown(true);
      assertThat(passwords.check("alice", "secret of alice").join())
          .isInstanceOf(Finding.Unavailable.class);
      server.startListening();
    }
  }
}
