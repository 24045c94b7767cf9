package org.malleposte.raft;

import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** The founding, on disk and on the wire. */
public final class RaftFuzz {
  private static final String RECORD =
      "record\tr\t2\tc\nfounded-at\t2026-01-01T00:00:00Z\npeer\ta\t"
          + "a".repeat(26)
          + "\th:1\t1\n";

  private RaftFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "founding",
            RaftFuzz::founding,
            "founding\t1.0\nask\n",
            "founding\t1.0\nprepare\t3\ta\n",
            "founding\t1.0\naccept\t3\ta\n" + RECORD,
            "founding\t1.0\ntell\n" + RECORD,
            "founding\t1.0\nfrom\ta\t"
                + "b".repeat(26)
                + "\nopen\npromised\t1\tb\nvote\t1\ta\n"
                + RECORD,
            "founding\t1.0\nfounded\n" + RECORD));
  }

  private static void founding(byte[] data) {
    try {
      byte[] message = FoundingText.encode(FoundingText.message(data));
      Fuzz.same(message, FoundingText.encode(FoundingText.message(message)), "message");
    } catch (IllegalArgumentException e) {
      // Not a message.
    }
    try {
      byte[] answer = FoundingText.encode(FoundingText.answer(data));
      Fuzz.same(answer, FoundingText.encode(FoundingText.answer(answer)), "answer");
    } catch (IllegalArgumentException e) {
      // Not an answer.
    }
    try {
      String state = FoundingText.encode(FoundingText.state(Fuzz.utf8(data)));
      Fuzz.same(state, FoundingText.encode(FoundingText.state(state)), "state");
    } catch (IllegalArgumentException e) {
      // Not a state.
    }
  }
}
