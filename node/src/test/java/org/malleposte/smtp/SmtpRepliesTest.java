package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.smtp.SmtpReplies.*;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.transcript.LineClient;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.TranscriptLine;

/** Each reply that has a name is told to a client, word for word, by a transcript or a test. */
class SmtpRepliesTest {
  /** What takes time, a crowd, a fault or a listener that transcripts are not played to. */
  private static final Map<SmtpReply, Class<?>> NOT_IN_TRANSCRIPTS =
      Map.ofEntries(
          Map.entry(BUG, SmtpDisconnectTest.class),
          Map.entry(TOO_MANY_CHUNKS, SmtpLimitsTest.class),
          Map.entry(SHUTTING_DOWN, SmtpDisconnectTest.class),
          Map.entry(TIMED_OUT, SmtpLimitsTest.class),
          Map.entry(TOO_SLOW, SmtpLimitsTest.class),
          Map.entry(TOO_MANY_CONNECTIONS, SmtpLimitsTest.class),
          Map.entry(TOO_MANY_COMMANDS, SmtpLimitsTest.class),
          Map.entry(NO_MEMORY, SmtpBodyTest.class),
          Map.entry(EARLY_TALKER, SmtpSessionTest.class),
          Map.entry(REJECTED, SmtpSessionTest.class),
          Map.entry(ENCRYPTION_REQUIRED, SmtpSessionTest.class),
          Map.entry(NOT_IMPLEMENTED, SmtpSessionTest.class),
          Map.entry(SASL_LINE_TOO_LONG, SmtpRepliesTest.class),
          Map.entry(TOO_MANY_OF_CLIENT, SmtpRepliesTest.class),
          Map.entry(TOO_FAST, SmtpRepliesTest.class));

  /** How a message can end; in LMTP each recipient is told (RFC 2033 §4.2). */
  private static final Set<SmtpReply> OF_MESSAGES =
      Set.of(
          NO_SPACE,
          NOT_SAFE,
          BODY_BARE_END_OF_LINE,
          LINE_TOO_LONG,
          TOO_LARGE,
          HEADER_TOO_LARGE,
          MAIL_LOOP);

  @TempDir Path directory;

  @Test
  void allRepliesAreSeen() throws Exception {
    Set<String> told = told("");
    var unseen = new TreeSet<String>();
    for (var reply : named().entrySet()) {
      String text = text(reply.getValue());
      var test = NOT_IN_TRANSCRIPTS.get(reply.getValue());
      if (test == null ? !told.contains(text) : !source(test).contains(text)) {
        unseen.add(reply.getKey() + " " + text);
      }
    }
    assertThat(unseen).isEmpty();
  }

  @Test
  void lmtpTellsEachRecipient() {
    Set<String> told = told("lmtp");
    var unseen = new TreeSet<String>();
    OF_MESSAGES.stream()
        .map(SmtpRepliesTest::text)
        .filter(t -> !told.contains(t))
        .forEach(unseen::add);
    assertThat(told).contains(text(LHLO_EXPECTED));
    assertThat(unseen).isEmpty();
  }

  private static Map<String, SmtpReply> named() throws IllegalAccessException {
    var named = new TreeMap<String, SmtpReply>();
    for (var field : SmtpReplies.class.getDeclaredFields()) {
      if (field.getType() == SmtpReply.class && Modifier.isStatic(field.getModifiers())) {
        named.put(field.getName(), (SmtpReply) field.get(null));
      }
    }
    assertThat(named).hasSizeGreaterThan(60);
    return named;
  }

  /** What the server says in the transcripts whose name begins so. */
  private static Set<String> told(String prefix) {
    var told = new TreeSet<String>();
    for (var transcript : Transcript.in("smtp", ".smtp")) {
      for (var line : transcript.lines()) {
        if (transcript.name().startsWith(prefix) && line instanceof TranscriptLine.Expect said) {
          told.add(said.text());
        }
      }
    }
    return told;
  }

  private static String text(SmtpReply reply) {
    return new String(reply.encode(), US_ASCII).strip();
  }

  private static String source(Class<?> test) throws Exception {
    return Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java"));
  }

  @Test
  void aSaslResponseHasALimit() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults());
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      assertThat(dialogue.say("AUTH PLAIN")).isEqualTo("334 ");
      assertThat(dialogue.say("A".repeat(SmtpCommandParser.AUTH_MAX_OCTETS)))
          .isEqualTo("500 5.5.6 Authentication line too long");
      assertThat(dialogue.say("NOOP")).startsWith("250");
    }
  }

  @Test
  void oneAddressHasItsLimits() throws Exception {
    assertThat(second(new SmtpLimits.Counts(10, 50, 1000, 10, 10, 100, 10, 10, 10, 10, 1, 0)))
        .isEqualTo("421 4.7.0 Too many connections from your address");
    assertThat(second(new SmtpLimits.Counts(10, 50, 1000, 10, 10, 100, 10, 10, 10, 10, 0, 1)))
        .isEqualTo("421 4.7.0 Too many connections a minute from your address");
  }

  /** What the second connection of an address is told while the first is open. */
  private String second(SmtpLimits.Counts counts) throws Exception {
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var first = behindProxy(harness)) {
      assertThat(first.readLine()).startsWith("220 ");
      return greeting(harness);
    }
  }

  private static String greeting(SmtpHarness harness) throws Exception {
    try (var client = behindProxy(harness)) {
      return client.readLine();
    }
  }

  /** Loopback has no limit of its own. */
  private static LineClient behindProxy(SmtpHarness harness) throws Exception {
    var client = LineClient.connect(harness.address(SmtpHarness.PROXIED), false);
    client.write("PROXY TCP4 203.0.113.7 192.0.2.1 4444 25\r\n".getBytes(US_ASCII));
    return client;
  }
}
