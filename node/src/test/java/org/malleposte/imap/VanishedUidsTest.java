package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.imap.SequenceSet.Range;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;

/** RFC 7162 §3.2.5.1 and §3.2.5.2. */
class VanishedUidsTest {
  private final MailboxView view = new MailboxView(1, new long[] {2, 3, 7, 9});

  @Test
  void whatIsForgottenIsAllThatHasNoMessage() {
    assertThat(since(Optional.empty(), Optional.empty(), new Vanished.Forgotten()))
        .isEqualTo("1,4:6,8,10:11");
    assertThat(since(Optional.of(set(3, 8)), Optional.empty(), new Vanished.Forgotten()))
        .isEqualTo("4:6,8");
  }

  @Test
  void sampleTellsWhereNothingWasExpunged() {
    // 1:3 were 2, 3 and 7 then as now; the fourth was 8.
    var pairs = new Resync.Pairs(set(1, 4), new SequenceSet(ranges(2, 3, 7, 8)));
    assertThat(since(Optional.empty(), Optional.of(pairs), new Vanished.Forgotten()))
        .isEqualTo("8,10:11");
    var beyond = new Resync.Pairs(set(9, 9), set(9, 9));
    assertThat(since(Optional.empty(), Optional.of(beyond), new Vanished.Forgotten()))
        .isEqualTo("1,4:6,8,10:11");
  }

  @Test
  void whatIsStillInTheViewIsToldLater() {
    var known = new Vanished.Known(UidSet.of(1, 3, 5));
    assertThat(since(Optional.empty(), Optional.empty(), known)).isEqualTo("1,5");
    assertThat(since(Optional.of(set(2, 9)), Optional.empty(), known)).isEqualTo("5");
  }

  @Test
  void linesAreBounded() {
    long[] uids = new long[ImapLimits.VANISHED_RANGES_MAX + 1];
    for (int i = 0; i < uids.length; i++) {
      uids[i] = 1 + 2 * i;
    }
    assertThat(VanishedUids.lines(UidSet.of(uids), true).lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("* VANISHED (EARLIER) "))
        .last()
        .isEqualTo("* VANISHED (EARLIER) 2001");
    assertThat(VanishedUids.lines(UidSet.EMPTY, true)).isEmpty();
    assertThat(VanishedUids.lines(UidSet.of(4), false)).isEqualTo("* VANISHED 4\r\n");
  }

  private String since(
      Optional<SequenceSet> known, Optional<Resync.Pairs> pairs, Vanished vanished) {
    return VanishedUids.since(new Resync(5, 6, known, pairs), vanished, view, 12).toString();
  }

  private static SequenceSet set(long from, long to) {
    return new SequenceSet(List.of(new Range(from, to)));
  }

  private static List<Range> ranges(long... numbers) {
    return java.util.Arrays.stream(numbers).mapToObj(n -> new Range(n, n)).toList();
  }
}
