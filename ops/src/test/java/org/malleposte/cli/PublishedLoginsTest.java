package org.malleposte.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.account.PasswdFile;
import org.malleposte.config.ConfigLoader;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.ConfigResult;
import org.malleposte.link.NodeName;
import org.malleposte.tables.PublishedTables;
import org.malleposte.tables.PublishedView;

class PublishedLoginsTest {
  private static final String SECONDARY =
      """
      node: {name: mx2.test, role: secondary}
      cluster: {members: [127.0.0.1:5701, 127.0.0.1:5711]}
      """;

  private static final String SCRAM = "{SCRAM-SHA-256}4096,c2FsdA==,c3RvcmVk,c2VydmVy";

  @TempDir Path directory;

  @BeforeEach
  void makeTables() throws IOException {
    Files.createDirectories(directory.resolve("etc/mail"));
  }

  @Test
  void namesWhatOnlyHashesCannotDo() throws IOException {
    String yaml = SECONDARY + "auth: {mechanisms: [plain, cram-md5, scram-sha-256, external]}\n";
    assertThat(problems(yaml, known("alice:{PLAIN}a\nbob:" + SCRAM + "\n")))
        .containsExactly(
            "mx2.yaml:3: warning: auth.mechanisms: 2 of 2 published users cannot use CRAM-MD5 here,"
                + " since only hashes of their passwords are published; give them {CRAM-MD5}"
                + " hashes, list them in mail.accounts of this node, or take CRAM-MD5 out",
            "mx2.yaml:3: warning: auth.mechanisms: 1 of 2 published users cannot use SCRAM-SHA-256"
                + " here, since only hashes of their passwords are published; give them"
                + " {SCRAM-SHA-256} hashes, list them in mail.accounts of this node, or take"
                + " SCRAM-SHA-256 out");
  }

  @Test
  void hashesForTheMechanismAndOwnUsersAreNoTrouble() throws IOException {
    String yaml = SECONDARY + "auth: {mechanisms: [scram-sha-256]}\n";
    assertThat(problems(yaml, known("bob:" + SCRAM + "\n"))).isEmpty();
    Files.writeString(directory.resolve("etc/users"), "alice:{PLAIN}a\n");
    assertThat(problems(yaml, known("alice:{PLAIN}a\n"))).isEmpty();
    assertThat(problems(yaml, new PublishedView.Awaited())).isEmpty();
  }

  @Test
  void theDefaultAndAPrimaryAreNoTrouble() throws IOException {
    assertThat(problems(SECONDARY, known("alice:{PLAIN}a\n"))).isEmpty();
    assertThat(problems("auth: {mechanisms: [cram-md5]}\n", new PublishedView.Unneeded()))
        .isEmpty();
  }

  /** As {@code check} does, on a secondary that has heard of no primary. */
  @Test
  void sendmailsWordForItCounts() throws IOException {
    Files.writeString(
        directory.resolve("etc/mail/sendmail.mc"),
        "dnl\ndefine(`confAUTH_MECHANISMS', `PLAIN DIGEST-MD5')dnl\n");
    Files.writeString(directory.resolve("malleposte.yaml"), SECONDARY);
    assertThat(new Cli(directory).run("check").err())
        .contains(
            "sendmail.mc:2: warning: confAUTH_MECHANISMS: users that are {PLAIN} at the primary"
                + " cannot use DIGEST-MD5 here");
  }

  private PublishedView known(String users) throws IOException {
    var file = PasswdFile.parse("users", users.getBytes(UTF_8));
    return new PublishedView.Known(
        List.of(
            new PublishedTables(
                new NodeName("mx1"),
                MailFiles.read(loaded("").config()).tables(),
                Set.of(),
                file.publishable(PasswdFile.EMPTY, new Random(1)).toBytes())));
  }

  private List<String> problems(String yaml, PublishedView published) throws IOException {
    var loaded = loaded(yaml);
    return new PublishedLogins(loaded.config(), loaded.effective(), MailFiles.read(loaded.config()))
        .problems(published).stream()
            .map(ConfigProblem::toString)
            .map(line -> line.replace(directory + "/", ""))
            .toList();
  }

  private ConfigResult.Loaded loaded(String yaml) throws IOException {
    Path file = directory.resolve("mx2.yaml");
    Files.writeString(file, yaml);
    return (ConfigResult.Loaded) new ConfigLoader(Map.of()).load(file);
  }
}
