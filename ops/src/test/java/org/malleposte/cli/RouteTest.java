package org.malleposte.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.json.Json;

/** {@code route}, {@code check} and {@code newaliases} over tables on disk. */
class RouteTest {
  @TempDir Path directory;
  private Cli cli;

  @BeforeEach
  void tables() throws IOException {
    cli = new Cli(directory);
    write("malleposte.yaml", "node: {name: mx1.example.org}\nhttp: {listen: 127.0.0.1:1}\n");
    write("etc/mail/local-host-names", "example.org\n");
    write("etc/mail/relay-domains", "relayed.test\n");
    write("etc/mail/access", "# comment\nConnect:192.0.2.66\tREJECT\nFrom:spam.test\tREJECT\n");
    write("etc/aliases", "all: alice, bob, carol@far.test\nnull: /dev/null\n");
    write("etc/users", "alice:{PLAIN}secret\nbob:{PLAIN}secret\n");
  }

  @Test
  void aLocalRecipientIsExplained() {
    Cli.Result result = route("192.0.2.1", "x@far.test", "all@example.org");

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith(
            """
            reply: 250 2.1.5 OK
            to: alice (mailbox)
            to: bob (mailbox)
            to: carol@far.test (other host)
            """)
        .contains("  aliases:1: ");
  }

  @Test
  void relayingIsRefusedToStrangersOnly() {
    assertThat(route("192.0.2.1", "x@far.test", "y@elsewhere.test").out())
        .startsWith("reply: 550 5.7.1 ")
        .doesNotContain("to: ");
    assertThat(route("192.0.2.1", "x@far.test", "y@sub.relayed.test").out())
        .startsWith("reply: 250 2.1.5 OK\nto: y@sub.relayed.test (other host)\n")
        .contains("  relay-domains:1: relayed.test");
    assertThat(
            cli.run(
                    "route",
                    "--client",
                    "192.0.2.1",
                    "--auth",
                    "alice",
                    "--helo",
                    "x.test",
                    "--from",
                    "alice@example.org",
                    "--rcpt",
                    "y@elsewhere.test")
                .out())
        .startsWith("reply: 250 ");
  }

  @Test
  void unknownUsersAndBadPeersAreRefused() {
    assertThat(route("192.0.2.1", "<>", "<nobody@example.org>").out())
        .startsWith("reply: 550 5.1.1 ");
    assertThat(route("192.0.2.66", "x@far.test", "alice@example.org").out())
        .startsWith("reply: 550 5.7.1 ")
        .contains("access:2: ");
    assertThat(route("192.0.2.1", "x@spam.test", "alice@example.org").out())
        .startsWith("reply: 550 5.7.1 ")
        .contains("access:3: ");
    assertThat(route("192.0.2.1", "x@far.test", "postmaster").out())
        .contains("to: alice (mailbox)");
  }

  @Test
  void jsonHasTheSame() {
    Cli.Result result =
        cli.run(
            "route",
            "--json",
            "--client",
            "192.0.2.1",
            "--from",
            "x@far.test",
            "--rcpt",
            "all@example.org");
    Map<String, Object> json = Json.readObject(result.out());

    assertThat(json)
        .containsEntry("reply", "250 2.1.5 OK")
        .containsEntry(
            "targets",
            List.of(
                Map.of("account", "alice"),
                Map.of("account", "bob"),
                Map.of("address", "carol@far.test")));
    assertThat(result.out()).contains("\"file\" : \"aliases\"");
  }

  @Test
  void whatIsNoAddressIsUsage() {
    assertThat(route("192.0.2.1", "x@far.test", "a b@@").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(route("not-an-ip", "x@far.test", "alice@example.org").status())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("route", "--client", "192.0.2.1").err()).contains("--from=ADDR");
  }

  @Test
  void aSecondaryThatHasNeverSeenAPrimarySaysLater() throws IOException {
    write(
        "malleposte.yaml",
        "node: {name: mx2.example.org, role: secondary}\n"
            + "cluster: {members: [127.0.0.1:5701, 127.0.0.1:5711]}\n");

    assertThat(route("192.0.2.1", "x@far.test", "y@relayed.test").out()).startsWith("reply: 451 ");
  }

  @Test
  void theDirectoryIsAskedWhenTheNodeHasRun() throws IOException {
    write("data/admin.token", "sesame\n");
    Cli.Result result = route("192.0.2.1", "x@far.test", "alice@example.org");

    assertThat(result.status()).isZero();
    assertThat(result.err()).startsWith("accounts of the directory are not known here: no node");
  }

  @Test
  void checkReadsTablesAndAccounts() throws IOException {
    assertThat(cli.run("check").err()).isEmpty();
    write("etc/mail/access", "Connect:192.0.2.66\tERROR:999 nonsense\n");
    write("etc/users", "alice:{PLAIN}secret\nno colon\n");
    Cli.Result result = cli.run("check");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains(directory.resolve("etc/mail/access") + ":1: ")
        .contains(directory.resolve("etc/users") + ":2: ");
    assertThat(result.out()).contains("name: mx1.example.org");
    assertThat(Json.readObject(cli.run("check", "--json").out())).containsEntry("ok", false);
  }

  @Test
  void newaliasesSaysWhatSendmailsSays() throws IOException {
    Cli.Result result = cli.run("newaliases");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .matches(directory.resolve("etc/aliases") + ": 2 aliases, longest \\d+ bytes, .*\n");
    assertThat(result.err()).startsWith("no running node was told: ");
    write("etc/aliases", "a: b\nb: a\n");
    assertThat(cli.run("newaliases").status()).isEqualTo(ExitStatus.CONFIG);
    assertThat(cli.run("newaliases").err()).contains("aliases form a loop");
  }

  @Test
  void aliasesReportsWithoutChangingAnything() throws IOException {
    write("etc/aliases", "all: alice, bob\nlost: nobody\nowner-all: alice\n");
    Cli.Result result = cli.run("aliases");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            directory.resolve("etc/aliases") + ": 3 aliases, longest 10 bytes, 37 bytes total\n");
    assertThat(result.err())
        .contains(
            "aliases:2: warning: alias lost names nobody, which is neither an alias nor an account;"
                + " add the account, or take the name out\n")
        .doesNotContain("no running node");
    write("etc/aliases", "all\n");
    assertThat(cli.run("aliases").status()).isEqualTo(ExitStatus.CONFIG);
    assertThat(cli.run("aliases").err()).contains("aliases:1: missing colon in all");
  }

  @Test
  void severalFilesOfAliasesAreReportedAndNamed() throws IOException {
    write(
        "etc/mail/sendmail.mc",
        "FEATURE(`use_cw_file')\ndefine(`ALIAS_FILE', `/nowhere/aliases,/etc/mail/lists')\n");
    write("etc/mail/lists", "team: alice, bob\nlost: nobody\nall: alice\n");
    Cli.Result result = cli.run("aliases");

    assertThat(result.out())
        .matches(
            (directory.resolve("etc/aliases") + ": 2 aliases, .*\n")
                + (directory.resolve("etc/mail/lists") + ": 3 aliases, .*\n"));
    assertThat(result.err())
        .contains("etc/mail/lists:2: warning: alias lost names nobody")
        .contains("etc/mail/lists:3: warning: alias all is lost, the one in aliases comes first");
    assertThat(route("192.0.2.1", "x@far.test", "team@example.org").out())
        .contains("lists:1: team: alice, bob");
  }

  /** TRUST_AUTH_MECH: a login by another mechanism gives no right to relay. */
  @Test
  void onlyATrustedMechanismLetsRelay() throws IOException {
    write("etc/mail/sendmail.mc", "TRUST_AUTH_MECH(`EXTERNAL PLAIN')\n");
    assertThat(authenticated("plain"))
        .startsWith("reply: 250 ")
        .contains("  sendmail.mc:1: plain TRUST_AUTH_MECH");
    assertThat(authenticated("LOGIN")).startsWith("reply: 550 5.7.1 ");
  }

  private String authenticated(String mechanism) {
    return cli.run(
            "route",
            "--client",
            "192.0.2.1",
            "--auth",
            "alice",
            "--mech",
            mechanism,
            "--from",
            "alice@example.org",
            "--rcpt",
            "y@elsewhere.test")
        .out();
  }

  private Cli.Result route(String client, String from, String to) {
    return cli.run("route", "--client", client, "--from", from, "--rcpt", to);
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
