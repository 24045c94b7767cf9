package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.Listener.Tls;
import org.malleposte.config.NodeConfig.LdapUsers;
import org.malleposte.config.NodeConfig.TlsVersion;
import org.malleposte.config.SpecialMailbox.Auto;

/** What a {@code dovecot.conf} sets of the configuration. */
class DovecotKeysTest {
  @TempDir Path directory;
  private Path etc;

  @BeforeEach
  void makeDirectory() throws IOException {
    etc = Files.createDirectories(directory.resolve("etc/dovecot"));
  }

  @Test
  void settingsOfTheFileCount() throws IOException {
    NodeConfig config =
        load(
            """
            login_greeting = Ready.
            auth_username_format = %Ln
            auth_mechanisms = plain scram-sha-256 cram-md5
            disable_plaintext_auth = no
            ssl_min_protocol = TLSv1.3
            mail_location = maildir:~/Maildir
            postmaster_address = post@example.org
            mail_max_userip_connections = 20
            imap_idle_notify_interval = 5 mins
            pop3_uidl_format = %g%v-%u
            plugin {
              sieve_before = /etc/sieve/before.sieve
            }
            """);
    assertThat(config.mail().greeting()).contains("Ready.");
    assertThat(config.auth().usernameFormat().apply("Alice@Example.org")).isEqualTo("alice");
    assertThat(config.auth().mailboxPolicy().mechanismsOrDefault())
        .containsExactly(
            LoginMechanism.PLAIN, LoginMechanism.SCRAM_SHA_256, LoginMechanism.CRAM_MD5);
    assertThat(config.auth().policy()).isEqualTo(LoginPolicy.SILENT);
    assertThat(config.auth().unencrypted()).isEqualTo(LoginLinks.ANYTHING);
    assertThat(config.tls().minimum()).isEqualTo(TlsVersion.TLS_1_3);
    assertThat(config.mail().importFrom()).contains("maildir:~/Maildir");
    assertThat(config.mail().postmaster()).contains("post@example.org");
    assertThat(config.limits().imapUserConnections()).isEqualTo(20);
    assertThat(config.limits().imapIdleNotify()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.mail().pop3Uidl()).isEqualTo(UidlFormat.DEFAULT);
    assertThat(config.sieve().before()).contains(Path.of("/etc/sieve/before.sieve"));
  }

  /** What 2.4 calls otherwise. */
  @Test
  void theNewSpellingMeansTheSame() throws IOException {
    Files.writeString(etc.resolve("a.pem"), "");
    Files.writeString(etc.resolve("a.key"), "");
    NodeConfig config =
        load(
            """
            dovecot_config_version = 2.4.0
            dovecot_storage_version = 2.4.0
            auth_allow_cleartext = yes
            auth_username_format = %{user | username | lower}
            auth_default_domain = example.org
            mail_driver = mdbox
            mail_path = ~/mdbox
            ssl_server_cert_file = a.pem
            ssl_server_key_file = a.key
            protocols {
              imap = yes
              lmtp = no
            }
            passdb passwd-file {
              passwd_file_path = users
              default_password_scheme = crypt
            }
            userdb passwd-file {
              passwd_file_path = users
            }
            quota "User quota" {
              quota_storage_size = 1G
              quota_message_count = 1000
            }
            namespace inbox {
              mailbox Trash {
                special_use = \\Trash
                quota_storage_extra = 100M
              }
            }
            """);
    assertThat(config.auth().unencrypted()).isEqualTo(LoginLinks.ANYTHING);
    assertThat(config.auth().usernameFormat().apply("Alice@x.org")).isEqualTo("alice");
    assertThat(config.mail().importFrom()).contains("mdbox:~/mdbox");
    assertThat(config.tls().given().orElseThrow().certificate()).isEqualTo(etc.resolve("a.pem"));
    assertThat(config.mail().accounts()).isEqualTo(etc.resolve("users"));
    assertThat(config.imap()).hasSize(2);
    assertThat(config.pop3()).isEmpty();
    assertThat(config.quota().byDefault().orElseThrow())
        .isEqualTo(QuotaRule.parse("*:storage=1G:messages=1000"));
    assertThat(config.quota().mailboxes()).containsExactly(QuotaRule.parse("Trash:storage=+100M"));
  }

  @Test
  void listenersAreDovecotsOnceTheFileSpeaksOfThem() throws IOException {
    NodeConfig config =
        load(
            """
            protocols = imap lmtp
            listen = 192.0.2.1
            service imap-login {
              inet_listener imap {
                port = 1143
              }
              inet_listener imaps {
                address = 127.0.0.1 ::1
              }
              inet_listener proxied {
                port = 1144
                haproxy = yes
              }
            }
            haproxy_trusted_networks = 192.0.2.0/24
            service lmtp {
              inet_listener lmtp {
                address = 127.0.0.1
                port = 24
              }
            }
            """);
    assertThat(config.imap())
        .extracting(l -> l + " " + l.tls())
        .containsExactly(
            "192.0.2.1:1143 STARTTLS",
            "127.0.0.1:993 IMPLICIT",
            "[::1]:993 IMPLICIT",
            "192.0.2.1:1144 STARTTLS");
    assertThat(config.imap().getLast().proxies())
        .containsExactly(AddressBlock.parse("192.0.2.0/24"));
    assertThat(config.pop3()).isEmpty();
    assertThat(config.lmtp()).containsExactly(new Listener("127.0.0.1", 24, Tls.STARTTLS, false));
  }

  @Test
  void withoutAWordOfThemTheyAreOurs() throws IOException {
    assertThat(load("login_greeting = x\n").imap())
        .extracting(Listener::port)
        .containsExactly(2143, 2993);
    assertThat(load("protocols = pop3\nssl = no\n").pop3())
        .containsExactly(new Listener("::", 110, Tls.STARTTLS, false));
  }

  @Test
  void quotaRulesOfOneMailboxAreOne() throws IOException {
    NodeConfig config =
        load(
            """
            plugin {
              quota_rule = *:storage=1G
              quota_rule2 = Trash:storage=+10%
              quota_rule3 = *:messages=500
              quota_rule4 = Spam:ignore
              quota_grace = 5%%
            }
            """);
    assertThat(config.quota().byDefault()).contains(QuotaRule.parse("*:storage=1G:messages=500"));
    assertThat(config.quota().grace()).isEqualTo(new QuotaLimit.Percent(5));
    assertThat(config.quota().mailboxes().getFirst().storage().over(1L << 30))
        .isEqualTo((1L << 30) / 100 * 110);
    assertThat(config.quota().mailboxes().getLast().isIgnored()).isTrue();
    assertThat(
            config
                .quota()
                .of(Map.of("userdb_quota_rule", "*:bytes=5000", "userdb_uid", "1"))
                .byDefault())
        .contains(QuotaRule.parse("*:bytes=5000:messages=500"));
  }

  @Test
  void mailboxesAreWithoutPrefixAndWithSlashes() throws IOException {
    NodeConfig config =
        load(
            """
            namespace inbox {
              inbox = yes
              prefix = INBOX.
              separator = .
              mailbox Sent {
                special_use = \\Sent
                auto = subscribe
              }
              mailbox "INBOX.Old.Trash" {
                special_use = \\trash
                autoexpunge = 30 days
              }
            }
            """);
    assertThat(config.mailboxes())
        .containsExactly(
            new SpecialMailbox("Sent", Optional.of("\\Sent"), Auto.SUBSCRIBE, Optional.empty()),
            new SpecialMailbox(
                "Old/Trash", Optional.of("\\Trash"), Auto.NO, Optional.of(Duration.ofDays(30))));
    assertThat(config.namespace()).isEqualTo(new NodeConfig.Namespace("INBOX.", '.'));
  }

  @Test
  void anLdapFileIsReadAndItsPasswordHidden() throws IOException {
    Files.writeString(
        etc.resolve("dovecot-ldap.conf.ext"),
        """
        uris = ldaps://ldap.example.org
        dn = cn=reader,dc=example,dc=org
        dnpass = "very # secret"
        base = ou=people,dc=example,dc=org
        auth_bind = yes
        pass_filter = (&(objectClass=person)(uid=%n))
        user_attrs = homeDirectory=home
        """);
    var loaded =
        (ConfigResult.Loaded)
            result("", "passdb {\n driver = ldap\n args = dovecot-ldap.conf.ext\n}\n", Map.of());
    NodeConfig.Ldap ldap = loaded.config().auth().ldap().orElseThrow();
    assertThat(ldap.url()).hasToString("ldaps://ldap.example.org");
    assertThat(ldap.users())
        .isEqualTo(
            new LdapUsers.BySearch(
                "ou=people,dc=example,dc=org",
                "(&(objectClass=person)(uid=%n))",
                Optional.of("cn=reader,dc=example,dc=org"),
                Optional.empty(),
                Optional.of(new Secret("very # secret"))));
    assertThat(loaded.effective().toYaml() + loaded.effective().dovecot() + loaded.config())
        .doesNotContain("very # secret");
  }

  @Test
  void theConfigurationFileAndSendmailWin() throws IOException {
    String conf = "login_greeting = x\nauth_username_format = %Ln\n";
    var loaded = (ConfigResult.Loaded) result("auth: {username-format: \"%Lu\"}\n", conf, Map.of());
    assertThat(loaded.config().auth().usernameFormat()).isEqualTo(UsernameFormat.DEFAULT);
    assertThat(loaded.effective().dovecot().getLast().toString())
        .contains("dovecot.conf:2: auth_username_format = %Ln: overruled by auth.username-format");
    var other = (ConfigResult.Loaded) result("", conf, Map.of("MALLEPOSTE_MAIL_GREETING", "y"));
    assertThat(other.config().mail().greeting()).contains("y");
  }

  @Test
  void eachLineIsExplainedWithItsPlace() throws IOException {
    Files.createDirectories(etc.resolve("conf.d"));
    Files.writeString(etc.resolve("conf.d/10.conf"), "\nlogin_greeting = later\n");
    var loaded =
        (ConfigResult.Loaded)
            result("", "login_greeting = first\n!include conf.d/*.conf\n", Map.of());
    String included = etc.resolve("conf.d/10.conf").toString();
    assertThat(loaded.effective().toYaml())
        .containsPattern("greeting: later +# " + included + ":2\n");
    assertThat(loaded.effective().dovecot())
        .extracting(DovecotNote::isTaken)
        .containsExactly(false, true);
  }

  @Test
  void whatNeedsANewStartIsNamed() throws IOException {
    load("ssl = yes\npassdb {\n driver = pam\n}\nlisten = *\n");
    var changes = new DovecotChanges(etc);
    assertThat(changes.needRestart()).isEmpty();
    load("\nssl = yes\npassdb {\n driver = passwd-file\n args = users\n}\n");
    String conf = etc.resolve("dovecot.conf").toString();
    assertThat(changes.needRestart())
        .containsExactly(
            conf + ":4: warning: driver has changed, restart to make it count",
            conf + ":5: warning: args has changed, restart to make it count",
            conf + ":5: warning: listen is gone, restart to make it count");
  }

  @Test
  void aFormatOfUniqueIdsIsDovecots() throws IOException {
    assertThat(load("login_greeting = x\n").mail().pop3Uidl().of(0x12ab, 0x5))
        .isEqualTo("00000005000012ab");
    assertThat(UidlFormat.parse("%{uid | hex(8)}%{uidvalidity | hex(8)}").of(0x12ab, 5))
        .isEqualTo("00000005000012ab");
    assertThat(UidlFormat.parse("UID%u-%v").of(7, 5)).isEqualTo("UID5-7");
  }

  private NodeConfig load(String conf) throws IOException {
    return ((ConfigResult.Loaded) result("", conf, Map.of())).config();
  }

  private ConfigResult result(String yaml, String conf, Map<String, String> environment)
      throws IOException {
    Path file = Files.writeString(directory.resolve("malleposte.yaml"), yaml);
    Files.writeString(etc.resolve("dovecot.conf"), conf);
    ConfigResult result = new ConfigLoader(environment).load(file);
    assertThat(result.problems()).filteredOn(ConfigProblem::isError).isEqualTo(List.of());
    return result;
  }
}
