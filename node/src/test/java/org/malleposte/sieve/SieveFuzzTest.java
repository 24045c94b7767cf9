package org.malleposte.sieve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.ReversePath;

/** Whatever a script or a mail is, there is an answer, and it comes soon. */
class SieveFuzzTest {
  private static final int ROUNDS = 20_000;
  private static final String[] WORDS = {
    "if",
    "elsif",
    "else",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "\"",
    "\"*a*\"",
    "text:\n",
    ".",
    "/*",
    "*/",
    "#",
    ":matches",
    ":is",
    ":count \"ge\"",
    ":index 99999999999",
    "9G",
    "${1}",
    "\\",
    "allof",
    "not",
    "header",
    "address",
    "body :text",
    "keep",
    "discard",
    "stop",
    "\r\n",
    "ü",
    "\u0000",
    "${unicode:110000}",
    "${hex:ff}",
    "set \"a\" \"${a}${a}x\";"
  };

  @Test
  void mutatedScriptsAreReadOrRefusedAndRunOrFail() throws IOException {
    long seed = 20_261_124;
    var random = new Random(seed);
    var scripts = new ArrayList<String>();
    SieveCases.read("rfc5228.cases").forEach(one -> scripts.add(one.text("script")));
    int valid = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String script = mutated(scripts.get(random.nextInt(scripts.size())), random);
      try {
        var compiled =
            SieveScript.compile(script.getBytes(StandardCharsets.UTF_8), ScriptSource.NONE);
        if (compiled instanceof CompiledScript.Valid(var ready, var _)) {
          valid++;
          var result = run(ready, "Subject: " + script + "\r\n\r\n" + script);
          assertThat(result.actions().isEmpty() && result.failure().isPresent()).isFalse();
        }
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + " round " + round + ": " + script, e);
      }
    }
    assertThat(valid).isGreaterThan(ROUNDS / 20);
  }

  private static String mutated(String script, Random random) {
    var text = new StringBuilder(script);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, WORDS[random.nextInt(WORDS.length)]);
        case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(6)));
        default -> text.setLength(Math.max(1, at));
      }
    }
    return text.toString();
  }

  @Test
  void starsDoNotExplode() throws IOException {
    String stars = "a*".repeat(2000);
    assertKept(
        "if header :matches \"subject\" \"" + stars + "b\" { discard; }", "a".repeat(200_000));
  }

  @Test
  void variablesDoNotExplode() throws IOException {
    assertKept(
        "require \"variables\"; set \"a\" \"xx\";" + "set \"a\" \"${a}${a}\";".repeat(1000), "x");
  }

  @Test
  void nestingHasALimit() {
    String script = "if not ".repeat(20_000) + "true { keep; }";
    assertThat(SieveScript.compile(script.getBytes(StandardCharsets.UTF_8), ScriptSource.NONE))
        .isInstanceOf(CompiledScript.Invalid.class);
  }

  private static void assertKept(String script, String subject) throws IOException {
    var compiled = SieveScript.compile(script.getBytes(StandardCharsets.UTF_8), ScriptSource.NONE);
    assertThat(compiled).isInstanceOf(CompiledScript.Valid.class);
    long begin = System.nanoTime();
    var result =
        run(((CompiledScript.Valid) compiled).script(), "Subject: " + subject + "\r\n\r\n");
    assertThat(result.actions()).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  private static FilterResult run(SieveScript script, String mail) throws IOException {
    var context =
        new FilterContext(
            new AccountName("me"),
            ReversePath.of(EmailAddress.parse("a@far.test")),
            EmailAddress.parse("me@here.test"),
            Optional.empty(),
            new Envelope.Client("192.0.2.7", "far.test", "ESMTP"),
            "mx1.here.test",
            Instant.parse("2026-05-04T10:00:00Z"),
            new FilterContext.World() {
              @Override
              public boolean mailboxExists(String name) {
                return true;
              }

              @Override
              public boolean hasUse(Optional<String> name, String use) {
                return true;
              }

              @Override
              public boolean seen(String key) {
                return key.hashCode() % 2 == 0;
              }
            });
    var body = new MessageBody.InMemory(mail.getBytes(StandardCharsets.UTF_8));
    return SieveFilter.run(List.of(script), MailView.of(body), context);
  }
}
