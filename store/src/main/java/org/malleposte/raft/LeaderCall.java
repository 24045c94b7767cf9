package org.malleposte.raft;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.malleposte.link.NodeName;

/** What only the leader of a group can do, and what it answers; on the wire between nodes. */
sealed interface LeaderCall {
  /** A repeat under the same caller and number is applied once, as long as Ratis remembers it. */
  record Propose(UUID caller, long number, byte[] entry) implements LeaderCall {}

  record ReadIndex(UUID caller, long number) implements LeaderCall {}

  UUID caller();

  long number();

  /** How a call at a node went. */
  sealed interface Answer {
    record Done(long index, byte[] answer) implements Answer {}

    /** It was applied, but what the state machine said is forgotten: ask under a new number. */
    record Forgotten() implements Answer {}

    record NotLeader(Optional<NodeName> leader) implements Answer {}

    /** No leader yet, or one that is busy; whether the entry will be applied is unknown. */
    record Later(String reason) implements Answer {}
  }

  byte VERSION = 1;
  int MAX_REASON_CHARACTERS = 200;

  static byte[] encode(LeaderCall call) {
    return switch (call) {
      case Propose(var caller, var number, var entry) -> head('p', caller, number, entry);
      case ReadIndex(var caller, var number) -> head('r', caller, number, new byte[0]);
    };
  }

  private static byte[] head(char kind, UUID caller, long number, byte[] rest) {
    return ByteBuffer.allocate(2 + 3 * Long.BYTES + rest.length)
        .put(VERSION)
        .put((byte) kind)
        .putLong(caller.getMostSignificantBits())
        .putLong(caller.getLeastSignificantBits())
        .putLong(number)
        .put(rest)
        .array();
  }

  static LeaderCall decode(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    requireVersion(in.get());
    byte kind = in.get();
    var caller = new UUID(in.getLong(), in.getLong());
    long number = in.getLong();
    return switch (kind) {
      case 'p' -> new Propose(caller, number, rest(in));
      case 'r' -> new ReadIndex(caller, number);
      default -> throw new IllegalArgumentException("unknown call: " + kind);
    };
  }

  static byte[] encode(Answer answer) {
    return switch (answer) {
      case Answer.Done(var index, var bytes) ->
          ByteBuffer.allocate(2 + Long.BYTES + bytes.length)
              .put(VERSION)
              .put((byte) 'd')
              .putLong(index)
              .put(bytes)
              .array();
      case Answer.Forgotten() -> text('f', "");
      case Answer.NotLeader(var leader) -> text('n', leader.map(NodeName::value).orElse(""));
      case Answer.Later(var reason) ->
          text('l', reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARACTERS)));
    };
  }

  private static byte[] text(char kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + bytes.length).put(VERSION).put((byte) kind).put(bytes).array();
  }

  static Answer answer(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    requireVersion(in.get());
    byte kind = in.get();
    return switch (kind) {
      case 'd' -> new Answer.Done(in.getLong(), rest(in));
      case 'f' -> new Answer.Forgotten();
      case 'n' -> {
        String name = new String(rest(in), StandardCharsets.UTF_8);
        yield new Answer.NotLeader(
            name.isEmpty() ? Optional.empty() : Optional.of(new NodeName(name)));
      }
      case 'l' -> new Answer.Later(new String(rest(in), StandardCharsets.UTF_8));
      default -> throw new IllegalArgumentException("unknown answer: " + kind);
    };
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return rest;
  }

  private static void requireVersion(byte version) {
    if (version != VERSION) {
      throw new IllegalArgumentException("a call of version " + version);
    }
  }
}
