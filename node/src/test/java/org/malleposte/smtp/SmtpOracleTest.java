package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.TablesRouter;
import org.malleposte.routing.Target;
import org.malleposte.tables.OwnHost;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TableSource;

/**
 * Every dialogue that the real sendmail had, with our server: greeting, MAIL, RCPT, DATA, and who
 * gets the mail. The rows and their files are {@code SendmailOracleTest}'s, which asks the router
 * alone.
 */
class SmtpOracleTest {
  private static final Path ORACLE = Path.of("../queue/src/test/resources/oracle");
  private static final Set<String> USERS =
      Set.of("root", "p010544", "alice", "bob", "carol", "dan");

  /** Where our RCPT differs on purpose, by note. */
  private static final Map<String, String> RCPT_DIFFERS =
      Map.of(
          // sendmail accepts these and bounces later, to a sender that is perhaps forged.
          "aliases: loop of two", "554 5.4.6",
          "aliases: self", "550 5.1.1",
          "aliases: to an unknown user", "550 5.1.1",
          // Files are switched off.
          "aliases: /file", "550 5.7.1");

  /**
   * Where our MAIL differs on purpose, by note: 501 5.1.7 says that a sender is no address; the
   * status of sendmail, 5.1.3, is a recipient's.
   */
  private static final Map<String, String> MAIL_DIFFERS = Map.of("sender: bad sender", "501 5.1.7");

  /**
   * sendmail has 5.0.0 for a command that comes too early, which says nothing; 5.5.1 is the status
   * for that (RFC 3463 §3.6).
   */
  private static final Map<String, String> SAID_BETTER = Map.of("503 5.0.0", "503 5.5.1");

  private static final Pattern REPLY = Pattern.compile("(\\d{3})(?: (\\d\\.\\d+\\.\\d+))?(?: .*)?");
  private static final Pattern LOCAL =
      Pattern.compile(".*mailer local,(?: host [^,]*,)? user \\\\?(\\S+)");
  private static final Pattern REMOTE = Pattern.compile(".*mailer esmtp, host \\S+, user (\\S+)");

  private record Row(List<String> fields) {
    String cfg() {
      return fields.get(0);
    }

    String client() {
      return fields.get(1);
    }

    Optional<String> account() {
      return Optional.of(fields.get(2)).filter(name -> !name.equals("-"));
    }

    String from() {
      return fields.get(3).equals("<>") ? "" : fields.get(3);
    }

    String to() {
      return fields.get(4);
    }

    /** Greeting, MAIL, RCPT, DATA. */
    String reply(int step) {
      return fields.get(5 + step);
    }

    String queued() {
      return fields.get(9);
    }

    String resolved() {
      return fields.get(10);
    }

    String note() {
      return fields.get(11);
    }
  }

  @TempDir static Path temp;
  private static final Map<String, SmtpHarness> SERVERS = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> hosts = new HashMap<>();
    for (String line : Files.readAllLines(ORACLE.resolve("hosts"))) {
      String[] words = line.split("\\s+");
      hosts.put(words[0], words[1]);
    }
    PeerNames names =
        address -> CompletableFuture.completedFuture(Optional.ofNullable(hosts.get(address)));
    Files.copy(ORACLE.resolve("list.txt"), temp.resolve("list.txt"));
    for (String cfg : List.of("main", "backup", "delay", "entire", "hostsonly")) {
      String name = cfg.equals("backup") ? "mx2.example.net" : "mx.example.com";
      SERVERS.put(
          cfg,
          new SmtpHarness(
              Files.createDirectory(temp.resolve("bodies-" + cfg)),
              SmtpLimits.defaults(),
              new FakeCommitRule(),
              new SmtpHarness.Host(name, router(cfg, name), names)));
    }
  }

  private static TablesRouter router(String cfg, String name) throws IOException {
    Path directory = Files.createDirectory(temp.resolve(cfg));
    try (Stream<Path> files = Files.list(ORACLE.resolve(cfg))) {
      for (Path file : files.toList()) {
        Files.writeString(
            directory.resolve(file.getFileName().toString()),
            Files.readString(file).replace("/etc/mail/oracle", temp.toString()));
      }
    }
    var source = new TableSource(directory, directory.resolve("aliases"));
    var tables = new TableLoader(OwnHost.named(name), Map.of()).load(source).tables();
    return new TablesRouter(
        () -> tables, account -> USERS.contains(account.value()), PublishedView.Unneeded::new);
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(SmtpHarness::close);
    SERVERS.clear();
  }

  private static List<Row> read() throws IOException {
    return Files.readAllLines(ORACLE.resolve("oracle.tsv")).stream()
        .skip(1)
        .map(line -> new Row(List.of(line.split("\t", -1))))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> rows() throws IOException {
    List<Row> rows = read();
    assertThat(rows).hasSize(183);
    return rows.stream()
        .map(row -> DynamicTest.dynamicTest(String.join(" ", row.fields), () -> play(row)));
  }

  /** No row may be named here that is not in the oracle. */
  @Test
  void eachDifferenceNamesARow() throws IOException {
    assertThat(read())
        .extracting(Row::note)
        .containsAll(RCPT_DIFFERS.keySet())
        .containsAll(MAIL_DIFFERS.keySet());
  }

  private static void play(Row row) throws IOException {
    var server = SERVERS.get(row.cfg());
    server.commits.kept.clear();
    try (var dialogue = SmtpDialogue.proxied(server.address(SmtpHarness.PROXIED), row.client())) {
      assertThat(code(dialogue.reply())).isEqualTo(row.reply(0));
      dialogue.say("EHLO client.test");
      if (row.account().isPresent()) {
        logIn(dialogue, row.account().get());
      }
      assertThat(code(dialogue.say("MAIL FROM:<" + row.from() + ">")))
          .isEqualTo(MAIL_DIFFERS.getOrDefault(row.note(), expected(row.reply(1))));
      String recipient = code(dialogue.say("RCPT TO:<" + row.to() + ">"));
      assertThat(recipient)
          .isEqualTo(RCPT_DIFFERS.getOrDefault(row.note(), expected(row.reply(2))));
      if (recipient.startsWith("250")) {
        assertThat(dialogue.say("DATA")).startsWith("354 ");
        dialogue.client.writeLine("Subject: row\r\n\r\ntext");
        assertThat(code(dialogue.say("."))).isEqualTo(expected(row.reply(3)));
        assertThat(committed(server)).isEqualTo(targets(row));
      }
    }
  }

  /** sendmail's client did so in clear; ours takes TLS first. The refused get no further. */
  private static void logIn(SmtpDialogue dialogue, String account) throws IOException {
    if (dialogue.say("STARTTLS").startsWith("220")) {
      dialogue.client.startTls();
      dialogue.say("EHLO client.test");
      String plain = "\0" + account + "\0secret";
      String reply =
          dialogue.say("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain.getBytes(UTF_8)));
      assertThat(code(reply)).isEqualTo("235 2.7.0");
    }
  }

  /** Targets, and whether it is held; nothing when it was thrown away. */
  private static String committed(SmtpHarness server) {
    return String.join(
        ", ",
        server.commits.kept.values().stream()
            .map(
                mail ->
                    shown(mail.targets().stream().map(SmtpOracleTest::shown).toList(), mail.held()))
            .toList());
  }

  private static String shown(Target target) {
    return switch (target) {
      case Target.Local local -> local.account().value();
      case Target.Remote remote -> remote.address().toString();
    };
  }

  private static String shown(List<String> targets, Optional<String> held) {
    return new TreeSet<>(targets) + held.map(reason -> " held: " + reason).orElse("");
  }

  private static String targets(Row row) {
    if (row.queued().equals("NOTHING QUEUED") || row.note().equals("aliases: /dev/null")) {
      return "";
    }
    var targets = new ArrayList<String>();
    for (String part : row.resolved().split(" \\| ")) {
      Matcher local = LOCAL.matcher(part);
      Matcher remote = REMOTE.matcher(part);
      if (local.matches()) {
        targets.add(local.group(1));
      } else if (remote.matches()) {
        targets.add(EmailAddress.parse(remote.group(1)).toString());
      }
    }
    int reason = row.queued().indexOf("q=");
    return shown(
        targets,
        row.queued().contains("QUARANTINED")
            ? Optional.of(row.queued().substring(reason + 2))
            : Optional.empty());
  }

  private static String expected(String reply) {
    String code = code(reply);
    return SAID_BETTER.getOrDefault(code, code);
  }

  private static String code(String reply) {
    Matcher matcher = REPLY.matcher(reply);
    assertThat(matcher.matches()).as(reply).isTrue();
    return matcher.group(1) + (matcher.group(2) == null ? "" : " " + matcher.group(2));
  }
}
