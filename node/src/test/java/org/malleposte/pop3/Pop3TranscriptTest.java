package org.malleposte.pop3;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptPlayer;

class Pop3TranscriptTest {
  static Stream<Arguments> transcripts() {
    List<Transcript> all = Transcript.in("pop3", ".pop3");
    return all.stream().flatMap(t -> t.ways().stream().map(way -> Arguments.of(t, way)));
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void plays(Transcript transcript, Way way) {
    try (var server = new Pop3Server().withMail()) {
      var address = way == Way.TLS ? server.implicit() : server.clear();
      TranscriptPlayer.play(transcript, way, address, Map.of());
    }
  }
}
