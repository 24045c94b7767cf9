package org.malleposte.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.cli.DemoRunner.DemoOptions;
import org.malleposte.config.NodeConfig;
import org.malleposte.json.Json;

class MalleposteTest {
  @TempDir Path directory;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(directory);
  }

  @Test
  void serveRunsTheNodeWithTheConfigurationNamed() throws IOException {
    Files.writeString(directory.resolve("mx1.yaml"), "node: {name: mx1.test}\n");
    var started = new AtomicReference<NodeConfig>();
    cli.node =
        config -> {
          started.set(config);
          return 7;
        };

    assertThat(cli.run("serve", "--config", "mx1.yaml").status()).isEqualTo(7);
    assertThat(started.get().node().name().value()).isEqualTo("mx1.test");
    cli.environment.put("MALLEPOSTE_CONFIG", "mx1.yaml");
    assertThat(cli.run("serve").status()).isEqualTo(7);
  }

  @Test
  void serveRefusesABadConfiguration() throws IOException {
    Files.writeString(directory.resolve("malleposte.yaml"), "nod: {}\n");
    cli.node =
        _ -> {
          throw new AssertionError("must not start");
        };
    Cli.Result result = cli.run("serve");

    assertThat(result.status()).isEqualTo(ExitStatus.CONFIG);
    assertThat(result.err())
        .isEqualTo(
            "malleposte.yaml:1: unknown key nod; did you mean node?\n"
                + "malleposte: one mistake in the configuration\n");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void checkPrintsTheEffectiveConfiguration() throws IOException {
    Files.writeString(directory.resolve("malleposte.yaml"), "node: {name: mx1.test}\n");
    Cli.Result result = cli.run("check");

    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("  name: mx1.test").contains("# malleposte.yaml:1");
    Map<String, Object> json = Json.readObject(cli.run("check", "--json").out());
    assertThat(json).containsEntry("ok", true).containsKey("config");
  }

  /** DESIGN §7: never ignored in silence. */
  @Test
  void checkSaysWhatBecameOfEachLineOfSendmailMc() throws IOException {
    Path etc = Files.createDirectories(directory.resolve("etc/mail"));
    Files.writeString(directory.resolve("malleposte.yaml"), "limits: {hops: 12}\n");
    Files.writeString(
        etc.resolve("sendmail.mc"),
        """
        VERSIONID(`mine')dnl
        FEATURE(`access_db')dnl
        define(`confMAX_HOP', `30')dnl
        define(`confTO_QUEUERETURN', `4d')dnl
        FEATURE(`mailertable')dnl
        """);
    Path mc = etc.resolve("sendmail.mc");
    Cli.Result result = cli.run("check");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("# " + mc + ":1: VERSIONID(`mine'): has no effect\n")
        .contains("# " + mc + ":2: FEATURE(`access_db'): access is read\n")
        .contains(
            "# "
                + mc
                + ":3: define(`confMAX_HOP', `30'): overruled by limits.hops of malleposte.yaml:1\n")
        .contains("# " + mc + ":4: define(`confTO_QUEUERETURN', `4d'): sets queue.lifetime\n")
        .contains("# " + mc + ":5: FEATURE(`mailertable'): no effect: mailertable is not read\n");
    assertThat(result.err())
        .isEqualTo(mc + ":5: warning: mailertable is not read; use relay-domains and MX records\n");
    assertThat(cli.run("check", "--json").out()).contains("\"what\" : \"sets queue.lifetime\"");
  }

  @Test
  void checkFindsMistakes() throws IOException {
    Files.writeString(directory.resolve("malleposte.yaml"), "node: {role: boss}\n");
    Cli.Result result = cli.run("check");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "malleposte.yaml:1: node.role: 'boss' is not primary or secondary; write primary or"
                + " secondary\n");
    assertThat(cli.run("check", "--json").out())
        .contains("\"ok\" : false")
        .contains("\"where\" : \"malleposte.yaml:1\"");
  }

  @Test
  void demoHasItsOptions() {
    var played = new AtomicReference<DemoOptions>();
    cli.demo =
        options -> {
          played.set(options);
          return 0;
        };

    assertThat(cli.run("demo").status()).isZero();
    assertThat(played.get()).isEqualTo(new DemoOptions(false, Optional.empty()));
    cli.run("demo", "--keep", "--json", "out.json");
    assertThat(played.get())
        .isEqualTo(new DemoOptions(true, Optional.of(directory.resolve("out.json"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup", "restore", "trace", "drill", "bench", "store"})
  void whatDoesNotExistYetIsSaid(String command) {
    assertThat(cli.run(command, "--help"))
        .isEqualTo(
            new Cli.Result(
                ExitStatus.NOT_YET,
                "",
                "malleposte " + command + " does not exist yet in this version.\n"));
  }

  @Test
  void helpNamesEveryCommandThatWorksAndNoOther() {
    Cli.Result result = cli.run("--help");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("serve", "demo", "check", "route", "status", "queue", "user", "reload", "promote")
        .doesNotContain("backup", "bench");
    assertThat(cli.run("queue", "flush", "--help").out()).contains("Try now what waits");
    assertThat(cli.run("help", "serve").out()).contains("Run one node in the foreground.");
    assertThat(cli.run("--version").out()).matches("malleposte [0-9].*\n");
  }

  @Test
  void aWrongCommandLineIsUsage() {
    assertThat(cli.run().status()).isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("sreve").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("sreve").err()).contains("serve");
    assertThat(cli.run("queue").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("queue", "delete").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("status", "--frobnicate").err()).contains("--frobnicate");
  }
}
