package org.malleposte.raft;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.link.NodeName;
import org.malleposte.raft.FoundingState.Ballot;
import org.malleposte.raft.FoundingState.Founded;
import org.malleposte.raft.FoundingState.Open;
import org.malleposte.raft.FoundingState.Vote;

/**
 * The founding on disk and on the wire: lines of words that tabs part, so that an operator can read
 * it. The first line is {@code founding} and a version; lines of an unknown kind are of a newer
 * minor, and ignored.
 */
final class FoundingText {
  private static final int MAJOR = 1;
  // Of a record that was written before records had a time.
  private static final Instant NO_TIME = Instant.ofEpochSecond(1);
  private static final String HEAD = "founding\t" + MAJOR + ".0\n";

  /** What a node asks another. */
  sealed interface Message {
    record Ask() implements Message {}

    record Prepare(Ballot ballot) implements Message {}

    record Accept(Ballot ballot, FoundingRecord record) implements Message {}

    /** The store is founded; answered when the receiver holds its groups. */
    record Tell(FoundingRecord record) implements Message {}
  }

  /** Every answer: who answers, and what it knows now. */
  record Answer(Peer.Id from, FoundingState state) {}

  private FoundingText() {}

  static byte[] encode(Message message) {
    var out = new StringBuilder(HEAD);
    switch (message) {
      case Message.Ask() -> line(out, "ask");
      case Message.Prepare(var ballot) -> ballot(out, "prepare", ballot);
      case Message.Accept(var ballot, var record) -> {
        ballot(out, "accept", ballot);
        record(out, record);
      }
      case Message.Tell(var record) -> {
        line(out, "tell");
        record(out, record);
      }
    }
    return bytes(out);
  }

  static byte[] encode(Answer answer) {
    var out = new StringBuilder(HEAD);
    line(out, "from", answer.from().name().value(), answer.from().storeId());
    state(out, answer.state());
    return bytes(out);
  }

  static String encode(FoundingState state) {
    var out = new StringBuilder(HEAD);
    state(out, state);
    return out.toString();
  }

  /**
   * @throws IllegalArgumentException for what is none
   */
  static Message message(byte[] text) {
    return read(text, FoundingText::message);
  }

  private static Message message(Lines lines) {
    if (lines.has("ask")) {
      return new Message.Ask();
    }
    if (lines.has("prepare")) {
      return new Message.Prepare(lines.ballot("prepare").orElseThrow());
    }
    if (lines.has("accept")) {
      return new Message.Accept(lines.ballot("accept").orElseThrow(), lines.record().orElseThrow());
    }
    return new Message.Tell(lines.record().orElseThrow());
  }

  /**
   * @throws IllegalArgumentException for what is none
   */
  static Answer answer(byte[] text) {
    return read(
        text,
        lines -> {
          var from = lines.first("from").orElseThrow();
          return new Answer(new Peer.Id(new NodeName(from.get(1)), from.get(2)), lines.state());
        });
  }

  /**
   * @throws IllegalArgumentException for what is none
   */
  static FoundingState state(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8), Lines::state);
  }

  /**
   * Words that lack and times that are none: a text that is damaged, as any other mistake in it.
   */
  private static <T> T read(byte[] text, Function<Lines, T> reading) {
    try {
      return reading.apply(new Lines(text));
    } catch (NoSuchElementException | IndexOutOfBoundsException | DateTimeException e) {
      throw new IllegalArgumentException("damaged founding: " + e.getMessage(), e);
    }
  }

  private static void state(StringBuilder out, FoundingState state) {
    switch (state) {
      case Open(var promised, var vote) -> {
        line(out, "open");
        promised.ifPresent(b -> ballot(out, "promised", b));
        vote.ifPresent(
            v -> {
              ballot(out, "vote", v.ballot());
              record(out, v.record());
            });
      }
      case Founded(var record) -> {
        line(out, "founded");
        record(out, record);
      }
    }
  }

  private static void record(StringBuilder out, FoundingRecord record) {
    line(out, "record", record.id(), Integer.toString(record.groups()), record.cluster());
    line(out, "founded-at", record.founded().toString());
    for (var peer : record.peers()) {
      line(
          out,
          "peer",
          peer.name().value(),
          peer.storeId(),
          peer.address(),
          Integer.toString(peer.priority()));
    }
  }

  private static void ballot(StringBuilder out, String kind, Ballot ballot) {
    line(out, kind, Long.toString(ballot.round()), ballot.proposer().value());
  }

  private static void line(StringBuilder out, String... words) {
    out.append(String.join("\t", words)).append('\n');
  }

  private static byte[] bytes(StringBuilder out) {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static final class Lines {
    private final List<List<String>> lines = new ArrayList<>();

    Lines(byte[] text) {
      for (String line : new String(text, StandardCharsets.UTF_8).split("\n")) {
        lines.add(List.of(line.split("\t", -1)));
      }
      var head = lines.getFirst();
      if (head.size() != 2
          || !head.getFirst().equals("founding")
          || !head.get(1).startsWith(MAJOR + ".")) {
        throw new IllegalArgumentException("not a founding of version " + MAJOR + ": " + head);
      }
    }

    boolean has(String kind) {
      return first(kind).isPresent();
    }

    Optional<List<String>> first(String kind) {
      return lines.stream().filter(l -> l.getFirst().equals(kind)).findFirst();
    }

    Optional<Ballot> ballot(String kind) {
      return first(kind).map(l -> new Ballot(Long.parseLong(l.get(1)), new NodeName(l.get(2))));
    }

    Optional<FoundingRecord> record() {
      var peers =
          lines.stream()
              .filter(l -> l.getFirst().equals("peer"))
              .map(
                  l ->
                      new Peer(
                          new NodeName(l.get(1)), l.get(2), l.get(3), Integer.parseInt(l.get(4))))
              .toList();
      return first("record")
          .map(
              l ->
                  new FoundingRecord(
                      l.get(1), l.get(3), Integer.parseInt(l.get(2)), founded(), peers));
    }

    private Instant founded() {
      return first("founded-at").map(l -> Instant.parse(l.get(1))).orElse(NO_TIME);
    }

    FoundingState state() {
      if (has("founded")) {
        return new Founded(record().orElseThrow());
      }
      return new Open(
          ballot("promised"), ballot("vote").map(b -> new Vote(b, record().orElseThrow())));
    }
  }
}
