package org.malleposte.imap;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptPlayer;

/** Every dialogue of {@code imap/}, in every way, each on a server of its own. */
class ImapTranscriptTest {
  @TestFactory
  Stream<DynamicTest> plays() {
    return Transcript.in("imap", ".imap").stream()
        .flatMap(transcript -> transcript.ways().stream().map(way -> test(transcript, way)));
  }

  private static DynamicTest test(Transcript transcript, Way way) {
    return dynamicTest(transcript + " " + way, () -> play(transcript, way));
  }

  private static void play(Transcript transcript, Way way) {
    try (var server =
        ImapFixture.start(
            s -> s.withAppendMaxBytes(100_000).withQuotas(ImapScenes.quotas(transcript.name())))) {
      ImapScenes.set(server, transcript.name());
      TranscriptPlayer.play(transcript, way, server.address(way == Way.TLS), Map.of());
    }
  }
}
