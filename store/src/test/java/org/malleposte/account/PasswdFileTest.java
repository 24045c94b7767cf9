package org.malleposte.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.AccountName;

class PasswdFileTest {
  private static PasswdFile parse(String text) {
    return PasswdFile.parse("etc/users", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String credential(PasswdFile file, String name) {
    return file.credential(new AccountName(name)).map(Credential::text).orElse("none");
  }

  @Test
  void readsDovecotsFormat() {
    var file =
        parse(
            """
            # comment
            alice:{PLAIN}secret
            Bob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=:1000:1000:Bob B.:/home/bob:/bin/sh:quota=1 home=/x

            carol@example.org:{PLAIN}c:::
            dave:
            """);
    assertThat(file.problems()).isEmpty();
    assertThat(file.names().toString()).isEqualTo("[alice, bob, carol@example.org, dave]");
    assertThat(credential(file, "alice")).isEqualTo("{PLAIN}secret");
    assertThat(credential(file, "bob")).startsWith("{SHA}");
    assertThat(credential(file, "dave")).isEqualTo(Credential.ABSENT.text());
    assertThat(file.entries().get(1).rest()).endsWith("quota=1 home=/x");
  }

  @Test
  void mistakesHaveLineAndRemedyAndNeverTheSecret() {
    var file =
        parse(
            """
            alice:{PLAIN}a
            bob
            carol:{WEIRD}topsecret
            al/ice:{PLAIN}b
            alice:{PLAIN}again
            dave:{PLAIN}d::::::nologin
            erin:{PLAIN}e::::::allow_nets=192.0.2.0/24 nopassword
            """);
    assertThat(file.problems())
        .extracting(PasswdFile.Problem::toString)
        .containsExactly(
            "etc/users:2: no colon behind the name, write name:{SCHEME}hash",
            "etc/users:3: unknown password scheme {WEIRD}: the user cannot log in, make a hash with"
                + " 'doveadm pw'",
            "etc/users:4: character not allowed in account name: al/ice, choose another name",
            "etc/users:5: user alice is already in line 1, which counts, remove one of them",
            "etc/users:7: allow_nets is not supported: the user may log in from anywhere, remove"
                + " the field",
            "etc/users:7: nopassword is not supported: the password is still asked for, remove"
                + " the field");
    assertThat(credential(file, "alice")).isEqualTo("{PLAIN}a");
    assertThat(credential(file, "carol")).isEqualTo(Credential.LOCKED.text());
    assertThat(credential(file, "dave")).isEqualTo(Credential.LOCKED.text());
    assertThat(credential(file, "erin")).isEqualTo("{PLAIN}e");
  }

  @Test
  void aLineIsBounded() {
    var file =
        parse("alice:{PLAIN}" + "x".repeat(PasswdFile.MAX_LINE_CHARACTERS) + "\nbob:{PLAIN}b");
    assertThat(file.names()).containsExactly(new AccountName("bob"));
    assertThat(file.problems().getFirst().what()).startsWith("line over");
  }

  @Test
  void aMissingFileIsEmpty(@TempDir Path directory) throws IOException {
    assertThat(PasswdFile.read(directory.resolve("users")).names()).isEmpty();
    Files.writeString(directory.resolve("users"), "alice:{PLAIN}a\r\n");
    assertThat(credential(PasswdFile.read(directory.resolve("users")), "alice"))
        .isEqualTo("{PLAIN}a");
  }

  @Test
  void quotaRulesOfAUserArePublished() {
    var file =
        parse("alice:{PLAIN}a:1:2:x:/home/a:/bin/sh:userdb_quota_rule=*:storage=1G nologin x=y\n");
    var published = file.publishable(PasswdFile.EMPTY, new Random(1));
    var back = parse(new String(published.toBytes(), StandardCharsets.UTF_8));
    assertThat(back.entry(new AccountName("alice")).orElseThrow().extraFields())
        .isEqualTo(Map.of("userdb_quota_rule", "*:storage=1G"));
    assertThat(file.entry(new AccountName("alice")).orElseThrow().extraFields())
        .containsEntry("x", "y")
        .containsEntry("nologin", "");
  }

  @Test
  void nothingReadableIsPublished() {
    var file =
        parse(
            "alice:{PLAIN}secret:1:1\nbob:{CLEARTEXT.b64}c2VjcmV0\ncarol:{SHA}"
                + "qUqP5cyxm6YcTAhz05Hph5gvu9M=\n");
    String published =
        new String(
            file.publishable(PasswdFile.EMPTY, new Random(1)).toBytes(), StandardCharsets.UTF_8);
    assertThat(published).doesNotContain("secret", "c2VjcmV0", "PLAIN", "CLEARTEXT");
    var back = parse(published);
    assertThat(back.problems()).isEmpty();
    assertThat(back.names()).isEqualTo(file.names());
    for (String name : new String[] {"alice", "bob"}) {
      var hashed = back.credential(new AccountName(name)).orElseThrow();
      assertThat(SaltedSha512.verify(hashed, Credential.parse("{PLAIN}secret"))).isTrue();
      assertThat(SaltedSha512.verify(hashed, Credential.parse("{PLAIN}Secret"))).isFalse();
    }
    assertThat(credential(back, "alice")).isNotEqualTo(credential(back, "bob"));
    assertThat(credential(back, "carol")).isEqualTo(credential(file, "carol"));
  }

  @Test
  void publishingTheSameAgainGivesTheSameBytes() {
    var first =
        parse("alice:{PLAIN}a\nbob:{PLAIN}b\n").publishable(PasswdFile.EMPTY, new Random(1));
    var again = parse("alice:{PLAIN}a\nbob:{PLAIN}new\n").publishable(first, new Random(2));
    assertThat(credential(again, "alice")).isEqualTo(credential(first, "alice"));
    assertThat(credential(again, "bob")).isNotEqualTo(credential(first, "bob"));
  }
}
