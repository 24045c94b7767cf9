package org.malleposte.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.Router.Peer;
import org.malleposte.routing.Router.Verdict;

/** Every answer that the real sendmail gave; see {@code oracle/README.md}. */
class SendmailOracleTest {
  /** Where we differ on purpose, by note: what we say instead, and why. */
  private static final Map<String, String> DIFFERENT =
      Map.of(
          // sendmail accepts these and bounces later, to a sender that is perhaps forged.
          "aliases: loop of two", "554 5.4.6",
          "aliases: self", "550 5.1.1",
          "aliases: to an unknown user", "550 5.1.1",
          // Files are switched off.
          "aliases: /file", "550 5.7.1",
          // /dev/null is no file to write to: the mail is thrown away, as the postmaster wants it.
          "aliases: /dev/null", "250 discard");

  /**
   * What no router sees: these senders are no addresses, so the parser of commands refuses them.
   */
  private static final List<String> REFUSED_BY_PARSER =
      List.of(
          "sender: sender without domain",
          "sender: bad sender",
          "sender without domain from localhost");

  private static final Path ORACLE = Path.of("src/test/resources/oracle");
  private static final Pattern REPLY = Pattern.compile("([245][0-9]{2}) ([245]\\.\\d+\\.\\d+) .*");
  private static final Pattern LOCAL =
      Pattern.compile(".*mailer local,(?: host [^,]*,)? user \\\\?(\\S+)");
  private static final Pattern REMOTE = Pattern.compile(".*mailer esmtp, host \\S+, user (\\S+)");

  private record Row(
      String cfg,
      String client,
      String account,
      String from,
      String to,
      String mailReply,
      String rcptReply,
      String queued,
      String resolved,
      String note) {
    static Row of(String line) {
      String[] f = line.split("\t", -1);
      return new Row(f[0], f[1], f[2], f[3], f[4], f[6], f[7], f[9], f[10], f[11]);
    }

    String title() {
      return cfg + " " + client + " " + from + " -> " + to + " (" + note + ")";
    }
  }

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> rows() throws IOException {
    var labs = new HashMap<String, Lab>();
    var routers = new HashMap<String, Router>();
    for (String cfg : List.of("main", "backup", "delay", "entire", "hostsonly")) {
      labs.put(cfg, lab(cfg));
      routers.put(cfg, labs.get(cfg).router(ownName(cfg)));
    }
    List<String> lines = Files.readAllLines(ORACLE.resolve("oracle.tsv"));
    assertThat(lines).hasSize(184);
    return lines.stream()
        .skip(1)
        .map(Row::of)
        .filter(row -> !REFUSED_BY_PARSER.contains(row.note))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.title(), () -> play(row, labs.get(row.cfg), routers.get(row.cfg))));
  }

  /** No row may be named here that is not in the oracle. */
  @Test
  void eachDifferenceNamesARow() throws IOException {
    List<String> notes =
        Files.readAllLines(ORACLE.resolve("oracle.tsv")).stream()
            .skip(1)
            .map(line -> Row.of(line).note)
            .toList();
    assertThat(notes).containsAll(DIFFERENT.keySet()).containsAll(REFUSED_BY_PARSER);
  }

  private Lab lab(String cfg) throws IOException {
    var lab = new Lab(temp.resolve(cfg));
    try (Stream<Path> files = Files.list(ORACLE.resolve(cfg))) {
      for (Path file : files.toList()) {
        String text = Files.readString(file).replace("/etc/mail/oracle", temp.toString());
        lab.with(file.getFileName().toString(), text);
      }
    }
    Files.copy(
        ORACLE.resolve("list.txt"),
        temp.resolve("list.txt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    for (String line : Files.readAllLines(ORACLE.resolve("hosts"))) {
      String[] words = line.split("\\s+");
      lab.host(words[0], words[1]);
    }
    return lab;
  }

  private static String ownName(String cfg) {
    return cfg.equals("backup") ? "mx2.example.net" : "mx.example.com";
  }

  private static void play(Row row, Lab lab, Router router) {
    String ownName = ownName(row.cfg);
    Peer plain = lab.peer(row.client);
    Peer peer =
        row.account.equals("-")
            ? plain
            : new Peer(plain.address(), plain.hostName(), Optional.of(AccountName.of(row.account)));
    Verdict connection = router.onConnect(peer);
    if (connection instanceof Verdict.Reject(var refuse)) {
      assertThat(Lab.shown(refuse)).isEqualTo(code(row.mailReply)).isEqualTo(code(row.rcptReply));
      return;
    }
    Verdict sender = router.onSender(peer, Lab.from(row.from));
    if (sender instanceof Verdict.Reject(var refuse)) {
      assertThat(Lab.shown(refuse)).isEqualTo(code(row.mailReply));
      return;
    }
    assertThat(row.mailReply).startsWith("250");
    EmailAddress recipient = Lab.address(row.to, ownName);
    // The rows name recipients, not who sends on to them: sendmail-owners.txt has that.
    String decision =
        Lab.shown(router.onRecipient(peer, Lab.from(row.from), recipient))
            .replaceAll("\\([^ ]*@[^ ]*\\)", "");
    if (connection instanceof Verdict.DiscardAll || sender instanceof Verdict.DiscardAll) {
      assertThat(decision).startsWith("250");
      assertThat(row.queued).isEqualTo("NOTHING QUEUED");
      return;
    }
    assertThat(decision).isEqualTo(DIFFERENT.getOrDefault(row.note, expected(row)));
  }

  private static String expected(Row row) {
    String reply = code(row.rcptReply);
    if (!reply.startsWith("250")) {
      return reply;
    }
    if (row.queued.equals("NOTHING QUEUED")) {
      return "250 discard mail";
    }
    String targets = targets(row.resolved);
    int reason = row.queued.indexOf("q=");
    return row.queued.contains("QUARANTINED")
        ? "250 quarantine " + targets + " (" + row.queued.substring(reason + 2) + ")"
        : "250 " + targets;
  }

  private static String targets(String resolved) {
    var targets = new TreeSet<String>();
    for (String part : resolved.split(" \\| ")) {
      Matcher local = LOCAL.matcher(part);
      Matcher remote = REMOTE.matcher(part);
      if (local.matches()) {
        targets.add(local.group(1));
      } else if (remote.matches()) {
        targets.add(EmailAddress.parse(remote.group(1)).toString());
      }
    }
    return String.join(" ", new ArrayList<>(targets));
  }

  private static String code(String reply) {
    Matcher matcher = REPLY.matcher(reply);
    assertThat(matcher.matches()).as(reply).isTrue();
    return matcher.group(1) + " " + matcher.group(2);
  }
}
