package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.mail.AccountName;

/** GSSAPI with MIT's KDC: {@code apt-get install krb5-kdc krb5-admin-server}. */
@Tag("soak")
class GssapiTest {
  private static final Path KDC = Path.of("/usr/sbin/krb5kdc");
  private static final String REALM = "MALLEPOSTE.TEST";

  @TempDir static Path directory;
  private static Process kdc;
  private static KerberosTickets tickets;

  @BeforeAll
  static void startKdc() throws Exception {
    assumeTrue(Files.isExecutable(KDC), "no KDC here");
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path client = directory.resolve("krb5.conf");
    Files.writeString(
        client,
        """
        [libdefaults]
          default_realm = %1$s
          dns_lookup_kdc = false
          udp_preference_limit = 1
        [realms]
          %1$s = {
            kdc = 127.0.0.1:%2$d
          }
        """
            .formatted(REALM, port));
    Files.writeString(
        directory.resolve("kdc.conf"),
        """
        [kdcdefaults]
          kdc_listen = 127.0.0.1:%2$d
          kdc_tcp_listen = 127.0.0.1:%2$d
        [realms]
          %1$s = {
            database_name = %3$s/principal
            key_stash_file = %3$s/stash
            acl_file = %3$s/acl
          }
        """
            .formatted(REALM, port, directory));
    run("/usr/sbin/kdb5_util", "create", "-s", "-P", "master", "-r", REALM);
    admin("addprinc -pw secret alice");
    admin("addprinc -pw secret stranger");
    admin("addprinc -randkey imap/localhost");
    admin("ktadd -k " + directory.resolve("keytab") + " imap/localhost");
    kdc = process(KDC.toString(), "-n", "-r", REALM).start();
    System.setProperty("java.security.krb5.conf", client.toString());
    tickets = new KerberosTickets(directory.resolve("keytab"), Optional.empty());
  }

  private static void admin(String query) throws Exception {
    run("/usr/sbin/kadmin.local", "-r", REALM, "-q", query);
  }

  private static ProcessBuilder process(String... command) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KRB5_CONFIG", directory.resolve("krb5.conf").toString());
    builder.environment().put("KRB5_KDC_PROFILE", directory.resolve("kdc.conf").toString());
    return builder.redirectOutput(directory.resolve("output").toFile());
  }

  private static void run(String... command) throws Exception {
    var process = process(command).start();
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(List.of(command) + Files.readString(directory.resolve("output")))
        .isZero();
  }

  @AfterAll
  static void stopKdc() throws InterruptedException {
    System.clearProperty("java.security.krb5.conf");
    if (kdc != null) {
      kdc.destroy();
      kdc.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static Subject login(String user) throws Exception {
    var entry =
        new AppConfigurationEntry(
            "com.sun.security.auth.module.Krb5LoginModule",
            LoginModuleControlFlag.REQUIRED,
            Map.of());
    var subject = new Subject();
    new LoginContext(
            "client",
            subject,
            callbacks -> {
              for (var callback : callbacks) {
                switch (callback) {
                  case NameCallback name -> name.setName(user);
                  case PasswordCallback password -> password.setPassword("secret".toCharArray());
                  default -> throw new IllegalStateException(callback.toString());
                }
              }
            },
            new Configuration() {
              @Override
              public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
              }
            })
        .login();
    return subject;
  }

  /** The client is the JDK's, with a ticket from the KDC. */
  private static LoginOutcome exchange(SaslAccounts accounts, String user, String actAs)
      throws Exception {
    return Subject.callAs(
        login(user),
        () -> {
          var client =
              Sasl.createSaslClient(
                  new String[] {"GSSAPI"}, actAs, "imap", "localhost", Map.of(), null);
          var exchange = new GssapiExchange(tickets.begin("imap"));
          var step = exchange.respond(client.evaluateChallenge(new byte[0]));
          while (true) {
            switch (step) {
              case SaslStep.Ask(var question) ->
                  step =
                      exchange.answered(accounts.authenticator().ask(question, "127.0.0.1").join());
              case SaslStep.Challenge(var token) -> {
                byte[] response = client.evaluateChallenge(token);
                step = exchange.respond(response == null ? new byte[0] : response);
              }
              case SaslStep.Ended(var outcome) -> {
                return outcome;
              }
              case SaslStep.Malformed _ -> throw new AssertionError("malformed");
            }
          }
        });
  }

  @Test
  void aTicketNamesItsHolder() throws Exception {
    try (var accounts = new SaslAccounts()) {
      var alice = new LoginOutcome.Granted(new AccountName("alice"));
      assertThat(exchange(accounts, "alice", null)).isEqualTo(alice);
      assertThat(exchange(accounts, "alice", "alice")).isEqualTo(alice);
      assertThat(exchange(accounts, "alice", "bob")).isEqualTo(new LoginOutcome.Denied());
      assertThat(exchange(accounts, "stranger", null)).isEqualTo(new LoginOutcome.Denied());
    }
  }

  @Test
  void whatIsNoTicketIsRefused() throws IOException {
    try (var accounts = new SaslAccounts()) {
      var conversation = tickets.begin("imap");
      byte[] nonsense = "nonsense".getBytes(StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> conversation.take(nonsense)).isInstanceOf(SaslException.class);
      var answer =
          accounts
              .authenticator()
              .ask(new LoginQuestion.Ticket(tickets.begin("imap"), nonsense), "127.0.0.1")
              .join();
      assertThat(answer)
          .isInstanceOfSatisfying(
              LoginAnswer.Ended.class,
              ended -> assertThat(ended.outcome()).isEqualTo(new LoginOutcome.Denied()));
    }
  }
}
