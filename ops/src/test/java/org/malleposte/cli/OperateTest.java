package org.malleposte.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.admin.AdminServices;
import org.malleposte.admin.AdminToken;
import org.malleposte.admin.AdminVerticle;
import org.malleposte.admin.FakeNode;
import org.malleposte.config.HostPort;
import org.malleposte.json.Json;
import org.malleposte.mail.AccountName;
import org.malleposte.metrics.MeterRegistries;

/** The operating commands against a real HTTP interface of a pretended node. */
class OperateTest {
  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private final Vertx vertx = Vertx.vertx();
  private AdminVerticle verticle;
  private Cli cli;

  @BeforeEach
  void start() throws Exception {
    verticle =
        new AdminVerticle(
            new HostPort("127.0.0.1", 0),
            AdminToken.of("sesame"),
            new AdminServices(node, node, node, node, MeterRegistries.forProcess()));
    vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get();
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/admin.token"), "sesame\n");
    Files.writeString(
        directory.resolve("malleposte.yaml"), "http: {listen: 0.0.0.0:" + verticle.port() + "}\n");
    cli = new Cli(directory);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void statusShowsNodesAndShards() {
    Cli.Result result = cli.run("status");

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            Cluster malleposte as mx1.test sees it; the store has its majority.

            NODE      ROLE       READY  DELIVERS  QUEUED  COPIES  SMTP            WHY
            mx1.test  primary    yes    yes       2       1       127.0.0.1:2525  primary
            mx2.test  secondary  yes    no        -       -       127.0.0.1:2525  a primary is ready

            SHARD      LEADER    APPLIED
            directory  mx1.test  12
            0          -         7
            """);
    assertThat(json(cli.run("status", "--json"))).containsEntry("self", "mx1.test");
  }

  @Test
  void theQueueLooksAsSendmailsDoes() {
    assertThat(cli.run("queue", "list").out())
        .isEqualTo("The queue is empty\n\t\tTotal requests: 0\n");
    String id = node.enqueue(1).id().value();
    Cli.Result result = cli.run("queue", "list", "-c", "malleposte.yaml");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith("\t\tThe queue (1 request)\n")
        .containsPattern(id + " +1234 \\w{3} \\w{3} \\d\\d \\d\\d:\\d\\d <alice@far.test>\n")
        .contains("(Deferred: connection refused)\n")
        .contains("<carol@far.test>\n")
        .doesNotContain("bob")
        .endsWith("\t\tTotal requests: 1\n");
    node.enqueue(2);
    assertThat(cli.run("queue", "list", "--limit", "1").out()).contains("... and 1 more");
    assertThat(json(cli.run("queue", "list", "--json"))).containsEntry("total", 2);
  }

  @Test
  void aLongQueueComesInPages() {
    for (int i = 0; i < 2100; i++) {
      node.enqueue(i);
    }
    Map<String, Object> all = json(cli.run("queue", "list", "--json", "--limit", "5000"));
    assertThat((List<?>) all.get("entries")).hasSize(2100);
    Map<String, Object> some = json(cli.run("queue", "list", "--json", "--limit", "1500"));
    assertThat((List<?>) some.get("entries")).hasSize(1500);
  }

  @Test
  void entriesAreShownAndWorkedOn() {
    String id = node.enqueue(1).id().value();
    String gone = FakeNode.id(9).value();

    assertThat(cli.run("queue", "show", id).out())
        .contains("from         alice@far.test\n")
        .contains("to           carol@far.test, pending connection refused\n")
        .endsWith("\nSubject: hello\n");
    assertThat(cli.run("queue", "flush")).isEqualTo(said("1 entries will be tried now"));
    assertThat(cli.run("queue", "flush", id)).isEqualTo(said("flush " + id));
    assertThat(cli.run("queue", "hold", id)).isEqualTo(said("hold " + id));
    assertThat(cli.run("queue", "release", gone, id))
        .isEqualTo(new Cli.Result(1, "release " + id + "\n", "no entry " + gone + "\n"));
    assertThat(cli.run("queue", "delete", "--json", id).out()).contains("\"delete " + id + "\"");
    assertThat(cli.run("queue", "show", id))
        .isEqualTo(new Cli.Result(1, "", "malleposte: no entry " + id + "\n"));
    assertThat(cli.run("queue", "show", "../users").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("queue", "adopt", "mx9.test").status()).isEqualTo(ExitStatus.BUG);
  }

  @Test
  void usersComeAndGo() {
    assertThat(cli.run("user", "add", "alice", "--password", "secret"))
        .isEqualTo(said("alice is in the directory, valid on all nodes"));
    cli.stdin = "from a pipe\n";
    assertThat(cli.run("user", "add", "bob", "--password-stdin").status()).isZero();
    cli.typed.addAll(List.of("typed", "typed"));
    assertThat(cli.run("user", "passwd", "alice").status()).isZero();

    assertThat(node.passwords)
        .containsEntry(AccountName.of("alice"), "typed")
        .containsEntry(AccountName.of("bob"), "from a pipe");
    assertThat(cli.run("user", "list").out())
        .isEqualTo("NAME   KEPT IN\nalice  directory\nbob    directory\n");
    assertThat(cli.run("user", "add", "bob", "--password", "x").status()).isEqualTo(1);
    assertThat(cli.run("user", "delete", "bob").status()).isZero();
    assertThat(cli.run("user", "delete", "bob").err()).isEqualTo("malleposte: no account bob\n");
  }

  @Test
  void expungedMailComesBack() {
    cli.run("user", "add", "alice", "--password", "secret");
    assertThat(cli.run("undelete", "alice", "--within", "2h"))
        .isEqualTo(said("2 mails of alice since PT2H are back"));
    assertThat(cli.run("undelete", "bob").err()).contains("no majority");
    assertThat(cli.run("undelete", "alice", "--within", "soon").status())
        .isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void passwordsThatAreNone() {
    cli.typed.addAll(List.of("one", "two"));
    assertThat(cli.run("user", "add", "alice").err()).contains("the two passwords differ");
    assertThat(cli.run("user", "add", "alice", "--password-stdin").err()).contains("is empty");
    assertThat(cli.run("user", "add", "alice", "--password", "x", "--password-stdin").status())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(cli.run("user", "add", "alice").err()).contains("no terminal");
    assertThat(node.passwords).isEmpty();
  }

  @Test
  void ordersToANode() {
    assertThat(cli.run("promote")).isEqualTo(said("mx1.test delivers now"));
    node.majority = false;
    assertThat(cli.run("promote"))
        .isEqualTo(new Cli.Result(ExitStatus.LATER, "", "malleposte: the store has no majority\n"));
    assertThat(cli.run("demote").status()).isEqualTo(ExitStatus.NO);
    assertThat(cli.run("reload"))
        .isEqualTo(new Cli.Result(0, "tables: 4 files\n", "access:3: odd\n"));
    assertThat(json(cli.run("reload", "--json"))).containsKey("warnings");
  }

  @Test
  void theNodeIsNamedByOptionOrEnvironment() throws IOException {
    Path token = Files.writeString(directory.resolve("other"), "sesame");
    String url = "http://127.0.0.1:" + verticle.port();
    Files.delete(directory.resolve("malleposte.yaml"));

    assertThat(cli.run("status", "--url", url, "--token-file", "other").status()).isZero();
    assertThat(cli.run("status", "--url", url).err()).contains("--url needs --token-file");
    assertThat(cli.run("status").err()).contains("no such file").contains("--config FILE");
    assertThat(cli.run("status").status()).isEqualTo(ExitStatus.CONFIG);
    assertThat(cli.run("status", "--url", "x", "--token-file", "other").status())
        .isEqualTo(ExitStatus.USAGE);
    cli.environment.putAll(
        Map.of("MALLEPOSTE_URL", url, "MALLEPOSTE_TOKEN_FILE", token.toString()));
    assertThat(cli.run("status").status()).isZero();
  }

  @Test
  void aWrongOrMissingTokenIsSaid() throws IOException {
    Files.writeString(directory.resolve("data/admin.token"), "open");
    Cli.Result wrong = cli.run("queue", "list");
    Files.delete(directory.resolve("data/admin.token"));
    Cli.Result missing = cli.run("queue", "list");

    assertThat(wrong.status()).isEqualTo(ExitStatus.NO_PERMISSION);
    assertThat(wrong.err()).contains("the token is not that of the node at http://127.0.0.1:");
    assertThat(missing.status()).isEqualTo(ExitStatus.NO_PERMISSION);
    assertThat(missing.err()).contains("cannot read the token in ").contains("first start");
  }

  @Test
  void aNodeThatRefusesCleartextIsQuoted() throws Exception {
    var refusing =
        vertx
            .createHttpServer()
            .requestHandler(
                r -> r.response().setStatusCode(403).end("{\"error\":\"not in clear\"}"));
    refusing.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    Cli.Result result =
        cli.run(
            "status",
            "--url",
            "http://127.0.0.1:" + refusing.actualPort(),
            "--token-file",
            "data/admin.token");

    assertThat(result)
        .isEqualTo(new Cli.Result(ExitStatus.NO_PERMISSION, "", "malleposte: not in clear\n"));
  }

  @Test
  void aNodeThatIsDownIsSaid() throws Exception {
    vertx.undeploy(verticle.deploymentID()).toCompletionStage().toCompletableFuture().get();
    Cli.Result result = cli.run("status");

    assertThat(result.status()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(result.err()).startsWith("malleposte: no node answers at http://127.0.0.1:");
  }

  private static Cli.Result said(String line) {
    return new Cli.Result(0, line + "\n", "");
  }

  private static Map<String, Object> json(Cli.Result result) {
    assertThat(result.err()).isEmpty();
    return Json.readObject(result.out());
  }
}
