package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.Listener.Modifier;
import org.malleposte.config.Listener.Tls;
import org.malleposte.delivery.NextHop;
import org.malleposte.mail.Domain;
import org.malleposte.tables.McFile;
import org.malleposte.tables.PrivacyFlag;

/** What a {@code sendmail.mc} sets of the configuration. */
class SendmailKeysTest {
  @TempDir Path directory;
  private Path etc;

  @BeforeEach
  void makeTables() throws IOException {
    etc = Files.createDirectories(directory.resolve("etc/mail"));
  }

  @Test
  void settingsOfTheFileCount() throws IOException {
    NodeConfig config =
        load(
            """
            define(`confDOMAIN_NAME', `mx.example.org')dnl
            define(`confMAX_MESSAGE_SIZE', `20000000')dnl
            define(`confMAX_RCPTS_PER_MESSAGE', `200')dnl
            define(`confMAX_HOP', `30')dnl
            define(`confCONNECTION_RATE_THROTTLE', `15')dnl
            define(`confBAD_RCPT_THROTTLE', `3')dnl
            define(`confMAX_HEADERS_LENGTH', `32768')dnl
            define(`confMAX_DAEMON_CHILDREN', `40')dnl
            define(`confTO_QUEUERETURN', `4d')dnl
            define(`confTO_QUEUEWARN', `1h30m')dnl
            define(`confTO_COMMAND', `10')dnl
            define(`confSMTP_LOGIN_MSG', `$j server ready at $b')dnl
            define(`confPRIVACY_FLAGS', `authwarnings,novrfy')dnl
            """);

    assertThat(config.node().name().value()).isEqualTo("mx.example.org");
    assertThat(config.mail().maxMessageSizeBytes()).isEqualTo(20_000_000);
    assertThat(config.limits().recipients()).isEqualTo(200);
    assertThat(config.limits().hops()).isEqualTo(30);
    assertThat(config.limits().errorsBeforeDelay()).isEqualTo(3);
    assertThat(config.limits().connectionsPerSecond()).isEqualTo(15);
    assertThat(config.limits().headerBytes()).isEqualTo(32_768);
    assertThat(config.limits().connections()).isEqualTo(40);
    assertThat(config.limits().smtpTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.queue().lifetime()).isEqualTo(Duration.ofDays(4));
    assertThat(config.queue().warnAfter()).isEqualTo(Duration.ofMinutes(90));
    assertThat(config.mail().loginMessage()).contains("$j server ready at $b");
    assertThat(config.mail().privacy())
        .isEqualTo(Set.of(PrivacyFlag.AUTHWARNINGS, PrivacyFlag.NOVRFY));
  }

  @Test
  void theConfigurationFileWinsWhereItSaysAKey() throws IOException {
    String mc =
        """
        define(`confMAX_HOP', `30')dnl
        define(`confTO_QUEUERETURN', `4d')dnl
        """;
    NodeConfig config = config(result("limits: {hops: 12}\n", mc, Map.of()));
    assertThat(config.limits().hops()).isEqualTo(12);
    assertThat(config.queue().lifetime()).isEqualTo(Duration.ofDays(4));
    assertThat(config(result("", mc, Map.of("MALLEPOSTE_LIMITS_HOPS", "13"))).limits().hops())
        .isEqualTo(13);
  }

  @Test
  void theEffectiveConfigurationNamesTheLine() throws IOException {
    var loaded = (ConfigResult.Loaded) result("", "\ndefine(`confMAX_HOP', `30')dnl\n", Map.of());
    assertThat(loaded.effective().toYaml())
        .containsPattern("hops: 30 +# " + etc.resolve("sendmail.mc") + ":2\n");
  }

  @Test
  void daemonsAreListeners() throws IOException {
    NodeConfig config =
        load(
            """
            DAEMON_OPTIONS(`Name=MTA, Port=2525, Addr=127.0.0.1')dnl
            DAEMON_OPTIONS(`Name=MTA6, Port=2525, Addr=::1, Family=inet6, M=S')dnl
            DAEMON_OPTIONS(`Name=MSA, Port=2587, M=Ea')dnl
            DAEMON_OPTIONS(`Name=TLS, Port=2465, M=sa')dnl
            DAEMON_OPTIONS(`Name=NOAUTH, Port=2526, M=Aa')dnl
            FEATURE(`no_default_msa')dnl
            """);
    assertThat(config.smtp())
        .containsExactly(
            new Listener("127.0.0.1", 2525, Tls.STARTTLS, false),
            new Listener("::1", 2525, Tls.STARTTLS, false, Set.of(Modifier.NO_STARTTLS)),
            new Listener("0.0.0.0", 2587, Tls.STARTTLS, true, Set.of(Modifier.NO_ETRN)),
            new Listener("0.0.0.0", 2465, Tls.IMPLICIT, true),
            new Listener("0.0.0.0", 2526, Tls.STARTTLS, false, Set.of(Modifier.NO_AUTH)));
  }

  /** Linux opens one socket for both. */
  @Test
  void everyAddressOfBothFamiliesIsOneListener() throws IOException {
    NodeConfig config =
        load(
            """
            DAEMON_OPTIONS(`Port=2525, Family=inet')dnl
            DAEMON_OPTIONS(`Port=2525, Family=inet6')dnl
            """);
    assertThat(config.smtp())
        .containsExactly(
            new Listener("::", 2525, Tls.STARTTLS, false),
            new Listener("0.0.0.0", 587, Tls.STARTTLS, false, Set.of(Modifier.NO_ETRN)));
  }

  @Test
  void listenersWithModifiersAreReadAndWritten() throws IOException {
    var loaded =
        (ConfigResult.Loaded)
            result("smtp: [{listen: '127.0.0.1:2525', modify: SEA}]\n", "", Map.of());
    assertThat(loaded.config().smtp().getFirst().modifiers())
        .isEqualTo(Set.of(Modifier.NO_AUTH, Modifier.NO_ETRN, Modifier.NO_STARTTLS));
    assertThat(loaded.effective().toYaml()).contains("modify: AES");
    assertThat(problems("smtp: [{listen: '127.0.0.1:2525', modify: x}]\n", "").getFirst())
        .contains("unknown letter x in modify");
    assertThat(problems("imap: [{listen: '127.0.0.1:2525', modify: A}]\n", "").getFirst())
        .contains("modify is for smtp only");
  }

  @Test
  void smartHostsAreAsSendmailReadsThem() throws IOException {
    assertThat(smartHosts("`isp.example'"))
        .containsExactly(new NextHop.Exchangers(Domain.of("isp.example"), 25));
    assertThat(smartHosts("`[relay.isp.example]'"))
        .containsExactly(new NextHop.Host("relay.isp.example", 25));
    assertThat(smartHosts("`esmtp:[192.0.2.1]:[IPv6:2001:db8::1]:backup.example'"))
        .containsExactly(
            new NextHop.Host("192.0.2.1", 587),
            new NextHop.Host("2001:db8::1", 587),
            new NextHop.Exchangers(Domain.of("backup.example"), 587));
    assertThat(smartHosts("`'")).isEmpty();
    assertThat(problems("", "define(`SMART_HOST', `uucp:host.example')\n").getFirst())
        .endsWith(
            "sendmail.mc:1: SMART_HOST: there is no mailer uucp; write SMART_HOST as [host] or"
                + " domain, or set mail.smart-host");
  }

  @Test
  void certificatesThatCannotBeReadAreNoReasonNotToStart() throws IOException {
    Files.writeString(etc.resolve("cert.pem"), "x");
    Files.writeString(etc.resolve("key.pem"), "x");
    NodeConfig config =
        load(
            """
            define(`confSERVER_CERT', `/etc/mail/certs/cert.pem')
            define(`confSERVER_KEY', `/etc/mail/key.pem')
            """);
    assertThat(config.tls().given().orElseThrow())
        .isEqualTo(
            new NodeConfig.Tls.KeyPairFiles(etc.resolve("cert.pem"), etc.resolve("key.pem")));

    String missing =
        """
        define(`confSERVER_CERT', `/nowhere/crt.pem')
        define(`confSERVER_KEY', `/nowhere/other.pem')
        """;
    assertThat(load(missing).tls().given()).isEmpty();
    assertThat(problems("", missing))
        .anyMatch(
            p ->
                p.contains(
                    "sendmail.mc:1: warning: confSERVER_CERT: cannot read /nowhere/crt.pem, so a"
                        + " self-signed certificate is used"));
  }

  @Test
  void authoritiesAndMechanismsOfLogins() throws IOException {
    Files.writeString(etc.resolve("ca.pem"), "x");
    assertThat(load("define(`confCACERT', `/etc/mail/ca.pem')\n").auth().clientCa())
        .contains(etc.resolve("ca.pem"));
    assertThat(problems("", "define(`confCACERT', `/nowhere/authority.pem')\n").getFirst())
        .contains(
            "sendmail.mc:1: warning: confCACERT: no authority can be read from"
                + " /nowhere/authority.pem, so no client certificate of theirs is known; copy");
    assertThat(problems("", "define(`confAUTH_MECHANISMS', `PLAIN KERBEROS_V4')\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains("confAUTH_MECHANISMS: there is no mechanism KERBEROS_V4 here");
    McFile before = mc("define(`confAUTH_MECHANISMS', `PLAIN')\n");
    assertThat(SendmailKeys.needRestart(before, mc("")))
        .as("a reload brings it into force")
        .isEmpty();
    assertThat(before.problems()).isEmpty();
  }

  @Test
  void aDirectoryOfAuthorities() throws IOException {
    String mc = "define(`confCACERT_PATH', `/etc/mail/certs')\n";
    Path certs = Files.createDirectory(etc.resolve("certs"));
    Files.writeString(certs.resolve("host.pem"), "x");
    assertThat(load(mc).auth().clientCaDirectory()).isEmpty();
    assertThat(problems("", mc).getFirst())
        .contains(
            "sendmail.mc:1: warning: confCACERT_PATH: no authority can be read from"
                + " /etc/mail/certs, so no client certificate of theirs is known; copy the"
                + " directory, run 'openssl rehash'");

    Files.writeString(certs.resolve("9d66eef0.0"), "x");
    assertThat(load(mc).auth().clientCaDirectory()).contains(certs);
    assertThat(problems("", mc)).isEmpty();
    Files.writeString(directory.resolve("ca.pem"), "x");
    assertThat(
            config(result("auth: {client-ca: ca.pem}\n", mc, Map.of())).auth().clientCaDirectory())
        .as("whoever says elsewhere whom to trust has said it all")
        .isEmpty();
  }

  @Test
  void anAliasFileOfThatNameIsRead() throws IOException {
    Files.writeString(etc.resolve("lists"), "");
    assertThat(load("define(`ALIAS_FILE', `/etc/mail/lists')\n").mail().aliases())
        .isEqualTo(etc.resolve("lists"));
    assertThat(load("define(`ALIAS_FILE', `/etc/mail/nothere')\n").mail().aliases())
        .isEqualTo(directory.resolve("etc/aliases"));
  }

  @Test
  void mistakesHaveTheirLine() throws IOException {
    assertThat(problems("", "\ndefine(`confMAX_HOP', `many')\n").getFirst())
        .endsWith(
            "sendmail.mc:2: limits.hops: 'many' is not a number; write a number from 1 to 1000");
    assertThat(problems("", "define(`confTO_QUEUERETURN', `4 days')\n").getFirst())
        .contains("sendmail.mc:1: confTO_QUEUERETURN: '4 days' is not a time");
    assertThat(problems("", "define(`confMAX_MESSAGE_SIZE', `0')\n").getFirst())
        .contains("sendmail.mc:1: warning: confMAX_MESSAGE_SIZE: 0 is no limit");
    assertThat(problems("limits: {hops: 12}\n", "define(`confMAX_HOP', `many')\n"))
        .as("what is overruled is not read")
        .isEmpty();
  }

  @Test
  void whatOnlyANewStartChangesIsTold() {
    McFile before = mc("define(`confMAX_HOP', `30')\nDAEMON_OPTIONS(`Port=25')\n");
    assertThat(SendmailKeys.needRestart(before, before)).isEmpty();
    assertThat(SendmailKeys.needRestart(before, mc("\ndefine(`confMAX_HOP', `31')\n")))
        .containsExactly(
            "sendmail.mc:1: warning: DAEMON_OPTIONS has changed, restart to make it count",
            "sendmail.mc:2: warning: confMAX_HOP has changed, restart to make it count");
  }

  private static McFile mc(String text) {
    return McFile.parse("sendmail.mc", text, SendmailKeys.applied());
  }

  private List<NextHop> smartHosts(String value) throws IOException {
    return load("define(`SMART_HOST', " + value + ")\ndefine(`ESMTP_MAILER_ARGS', `TCP $h 587')\n")
        .mail()
        .smartHosts();
  }

  private List<String> problems(String yaml, String mc) throws IOException {
    return result(yaml, mc, Map.of()).problems().stream().map(ConfigProblem::toString).toList();
  }

  private NodeConfig load(String mc) throws IOException {
    return config(result("", mc, Map.of()));
  }

  private static NodeConfig config(ConfigResult result) {
    assertThat(result).as(result.problems().toString()).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  private ConfigResult result(String yaml, String mc, Map<String, String> environment)
      throws IOException {
    Path file = directory.resolve("mx1.yaml");
    Files.writeString(file, yaml);
    Files.writeString(etc.resolve("sendmail.mc"), mc);
    return new ConfigLoader(environment).load(file);
  }
}
