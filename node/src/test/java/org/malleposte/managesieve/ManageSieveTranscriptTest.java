package org.malleposte.managesieve;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptPlayer;

class ManageSieveTranscriptTest {
  static Stream<Arguments> transcripts() {
    List<Transcript> all = Transcript.in("managesieve", ".sieve");
    return all.stream().flatMap(t -> t.ways().stream().map(way -> Arguments.of(t, way)));
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void plays(Transcript transcript, Way way) {
    try (var server = new ManageSieveServer()) {
      var address = way == Way.TLS ? server.implicit() : server.clear();
      TranscriptPlayer.play(transcript, way, address, Map.of());
    }
  }
}
