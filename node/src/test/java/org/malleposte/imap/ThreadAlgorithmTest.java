package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.malleposte.imap.ThreadForest.Entry;

/** RFC 5256 §3, REFERENCES; what the transcripts do not reach. */
class ThreadAlgorithmTest {
  private final ThreadForest forest = new ThreadForest();
  private int count;

  @Test
  void aLoopIsNotClosed() {
    add("a", false, 1, 2);
    add("b", false, 2, 1);
    assertThat(threads()).isEqualTo("(2 1)");
  }

  @Test
  void itsOwnReferenceMovesAMessageBelowItsParent() {
    // 3 is said to be below 1 by what 9 refers to; it knows better.
    add("a", false, 1);
    add("b", false, 9, 1, 3);
    add("c", false, 3, 2);
    add("d", false, 2);
    assertThat(threads()).isEqualTo("(1)(4 3 2)");
  }

  @Test
  void theSecondWithAnIdStandsAlone() {
    add("a", false, 1);
    add("b", false, 1);
    add("c", false, 2, 1);
    assertThat(threads()).isEqualTo("(1 3)(2)");
  }

  @Test
  void answersWithoutReferencesJoinTheirSubject() {
    add("a", true, 1);
    add("a", false, 2);
    add("a", true, 3);
    assertThat(threads()).isEqualTo("(2 (1)(3))");
  }

  @Test
  void equalSubjectsStandSideBySide() {
    add("a", false, 1);
    add("a", false, 2);
    add("a", false, 3);
    add("", false, 4);
    add("", false, 5);
    assertThat(threads()).isEqualTo("((1)(2)(3))(4)(5)");
  }

  @Test
  void twoMissingOnesWithASubjectBecomeOne() {
    add("a", true, 1, 100);
    add("b", true, 2, 100);
    add("a", true, 3, 200);
    add("c", true, 4, 200);
    add("a", false, 5);
    assertThat(threads()).isEqualTo("((1)(2)(3)(4)(5))");
  }

  @Test
  void whatIsMissingInBetweenIsLeftOut() {
    add("a", false, 1);
    add("b", true, 2, 1, 100, 101);
    add("c", true, 3, 1, 100, 102, 103);
    assertThat(threads()).isEqualTo("(1 (2)(3))");
  }

  @Test
  void aHundredThousandInARowNeedNoDeepStack() {
    int messages = 100_000;
    Assertions.assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 1; i <= messages; i++) {
            add("s" + i % 7, true, i, i + 1);
          }
          assertThat(threads()).startsWith("(" + messages + " " + (messages - 1)).endsWith(" 1)");
        });
  }

  @Test
  void aHundredThousandOfOneSubjectAreOneThread() {
    for (int i = 1; i <= 100_000; i++) {
      add("a", false, i);
    }
    assertThat(threads()).startsWith("((1)(2)(3)").endsWith("(100000))");
  }

  private void add(String subject, boolean reply, long id, long... references) {
    count++;
    long hash = subject.isEmpty() ? 0 : TextHash.of(UnicodeCasemap.bytes(subject));
    forest.add(
        new Entry(
            count,
            count,
            hash,
            reply,
            spread(id),
            Arrays.stream(references).map(ThreadAlgorithmTest::spread).toArray()));
  }

  private static long spread(long id) {
    return id * 0x9e3779b97f4a7c15L;
  }

  private String threads() {
    var tree = ThreadAlgorithm.REFERENCES.tree(forest);
    var out = new StringBuilder();
    for (int i = 0; i < tree.rootCount(); i++) {
      tree.write(i, new MailboxView(1, new long[0]), Numbering.SEQUENCE, out);
    }
    return out.toString();
  }
}
