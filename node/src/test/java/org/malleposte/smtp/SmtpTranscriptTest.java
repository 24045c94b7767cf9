package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptPlayer;

/** Plays all of {@code src/test/resources/smtp}, each in every way that it can be played. */
class SmtpTranscriptTest {
  @TempDir static Path directory;
  private static SmtpHarness harness;

  @BeforeAll
  static void start() throws Exception {
    harness = new SmtpHarness(directory, TestLimits.transcripts());
  }

  @AfterAll
  static void stop() throws Exception {
    harness.close();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("temporary files left").isEmpty();
    }
    assertThat(harness.server.memory().usedBytes()).as("memory left").isZero();
    assertThat(harness.server.connections().open()).as("connections left").isZero();
  }

  @TestFactory
  Stream<DynamicTest> transcripts() {
    return Transcript.in("smtp", ".smtp").stream()
        .flatMap(
            transcript ->
                transcript.ways().stream()
                    .map(
                        way ->
                            DynamicTest.dynamicTest(
                                transcript + " " + way, () -> play(transcript, way))));
  }

  private static void play(Transcript transcript, Way way) {
    boolean submission = transcript.name().startsWith("submission");
    boolean lmtp = transcript.name().startsWith("lmtp");
    int clear = lmtp ? SmtpHarness.LMTP : submission ? SmtpHarness.SUBMISSION : SmtpHarness.SMTP;
    int tls = lmtp ? SmtpHarness.LMTPS : submission ? SmtpHarness.SUBMISSIONS : SmtpHarness.SMTPS;
    TranscriptPlayer.play(
        transcript,
        way,
        harness.address(way == Way.TLS ? tls : clear),
        Map.of("plain", "AGFsaWNlAHNlY3JldA==", "wrong", "AGFsaWNlAHdyb25n"));
  }
}
