package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.mailbox.MailboxName;

class ImapTextTest {
  @Test
  void choosesTheWayOfAString() {
    assertThat(ImapText.string("plain text")).isEqualTo("\"plain text\"");
    assertThat(ImapText.string("a \"b\" \\")).isEqualTo("\"a \\\"b\\\" \\\\\"");
    assertThat(ImapText.string("\"\"\"\"\"")).isEqualTo("{5}\r\n\"\"\"\"\"");
    assertThat(ImapText.string("caf\u00e9")).isEqualTo("{4}\r\ncaf\u00e9");
    assertThat(ImapText.string("a\r\nb")).isEqualTo("{4}\r\na\r\nb");
    assertThat(ImapText.string("a\0b")).isEqualTo("{3}\r\na\u0080b");
    assertThat(ImapText.astring("INBOX")).isEqualTo("INBOX");
    assertThat(ImapText.astring("NIL")).isEqualTo("\"NIL\"");
    assertThat(ImapText.astring("")).isEqualTo("\"\"");
    assertThat(ImapText.astring("a b")).isEqualTo("\"a b\"");
  }

  @Test
  void writesMailboxNamesInModifiedUtf7() {
    // The examples of RFC 3501 §5.1.3.
    assertThat(ModifiedUtf7.encode("~peter/mail/台北/日本語"))
        .isEqualTo("~peter/mail/&U,BTFw-/&ZeVnLIqe-");
    assertThat(ModifiedUtf7.decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"))
        .contains("~peter/mail/台北/日本語");
    assertThat(ModifiedUtf7.decode("&Jjo!")).isEmpty();
    assertThat(ModifiedUtf7.decode("&U,BTFw-&ZeVnLIqe-")).isEmpty();
    assertThat(ModifiedUtf7.decode("a&b")).isEmpty();
    assertThat(ModifiedUtf7.decode("&-")).contains("&");
    assertThat(ModifiedUtf7.decode("&AGE-")).isEmpty();
    assertThat(ModifiedUtf7.decode("caf\u00e9")).isEmpty();
  }

  @Test
  void namesComeBackAsTheyWent() {
    long seed = 42;
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var name = new StringBuilder();
      for (int n = random.nextInt(20); n >= 0; n--) {
        name.appendCodePoint(codePoint(random));
      }
      assertThat(ModifiedUtf7.decode(ModifiedUtf7.encode(name.toString())))
          .as("seed " + seed + " round " + i)
          .contains(name.toString());
    }
  }

  private static int codePoint(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0x20 + random.nextInt(0x5f);
      case 1 -> 0xa0 + random.nextInt(0x1000);
      case 2 -> '&';
      default -> 0x1f600 + random.nextInt(50);
    };
  }

  @Test
  void matchesListPatterns() {
    assertThat(matches("*", "INBOX", "a/b")).containsExactly(true, true);
    assertThat(matches("%", "INBOX", "a/b")).containsExactly(true, false);
    assertThat(matches("a/%", "a", "a/b", "a/b/c")).containsExactly(false, true, false);
    assertThat(matches("%/b*", "a/b", "a/bc/d", "b")).containsExactly(true, true, false);
    assertThat(matches("inbox", "INBOX")).containsExactly(true);
    assertThat(matches("iNbOx/%", "INBOX/x")).containsExactly(true);
    assertThat(matches("inbox2", "INBOX2", "inbox2")).containsExactly(false, true);
    assertThat(matches("%%%*%%%", "a/b/c")).containsExactly(true);
  }

  @Test
  void aHostilePatternIsCheap() {
    var pattern = new ListPattern("*a".repeat(ListPattern.MAX_CHARACTERS / 2));
    String name = "a".repeat(MailboxName.MAX_CHARACTERS - 1) + "b";
    for (int i = 0; i < 100; i++) {
      assertThat(pattern.matches(name)).isFalse();
    }
  }

  private static List<Boolean> matches(String pattern, String... names) {
    var compiled = new ListPattern(pattern);
    return List.of(names).stream().map(compiled::matches).toList();
  }
}
