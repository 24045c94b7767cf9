package org.malleposte.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.malleposte.mailbox.UidSet.Range;

class MailboxValuesTest {
  @Test
  void rangesAreMergedAndSorted() {
    var set =
        new UidSet(List.of(new Range(7, 9), new Range(1, 2), new Range(3, 4), new Range(8, 12)));
    assertThat(set).hasToString("1:4,7:12");
    assertThat(set.count()).isEqualTo(10);
    assertThat(set.from(4)).hasToString("4,7:12");
    assertThat(set.from(13)).isEqualTo(UidSet.EMPTY);
    assertThat(UidSet.of(3, 1, 2, 9)).hasToString("1:3,9");
    assertThatThrownBy(() -> new Range(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSetContainsWhatItWasMadeOf() {
    var random = new Random(2);
    for (int round = 0; round < 200; round++) {
      var uids = new TreeSet<Long>();
      for (int i = random.nextInt(30); i > 0; i--) {
        uids.add(random.nextLong(1, 50));
      }
      var set = UidSet.ofAscending(uids);
      assertThat(set).isEqualTo(UidSet.of(uids.stream().mapToLong(u -> u).toArray()));
      for (long uid = 1; uid < 52; uid++) {
        assertThat(set.contains(uid)).isEqualTo(uids.contains(uid));
      }
      var all = new ArrayList<Long>();
      set.forEach(all::add);
      assertThat(all).containsExactlyElementsOf(uids);
      assertThat(set.count()).isEqualTo(uids.size());
    }
  }

  @Test
  void flagsCompareWithoutCaseAndKeepTheirSpelling() {
    var flags = Flags.of("\\SEEN", "$Junk");
    assertThat(flags.has(Flags.SEEN)).isTrue();
    assertThat(flags.has("$JUNK")).isTrue();
    assertThat(flags).hasToString("$Junk \\Seen");
    assertThat(flags).isEqualTo(Flags.of("\\seen", "$junk"));
    assertThat(flags.with(Flags.of("$JUNK"))).hasToString("$Junk \\Seen");
    assertThat(flags.without(Flags.of("$jUNK"))).isEqualTo(Flags.of(Flags.SEEN));
    assertThat(Flags.isSystem("$Junk")).isFalse();
  }

  @Test
  void mailboxNamesHaveOneForm() {
    assertThat(new MailboxName("inbox")).isEqualTo(MailboxName.INBOX);
    assertThat(new MailboxName("inBox/a")).hasToString("INBOX/a");
    assertThat(new MailboxName("inboxes")).hasToString("inboxes");
    // Form C: u and a combining diaeresis are one character.
    assertThat(new MailboxName("Entwu\u0308rfe")).hasToString("Entw\u00fcrfe");
    assertThat(new MailboxName("a/b/c").parent()).contains(new MailboxName("a/b"));
    assertThat(new MailboxName("a").parent()).isEmpty();
    assertThat(new MailboxName("a/b").isBelow(new MailboxName("a"))).isTrue();
    assertThat(new MailboxName("ab").isBelow(new MailboxName("a"))).isFalse();
    for (String bad :
        List.of(
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            "a*",
            "a%b",
            "a\u0000",
            "x".repeat(513),
            "a/".repeat(32) + "a")) {
      assertThatThrownBy(() -> new MailboxName(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void answersMapWhatIsDone() {
    assertThat(StoreAnswer.done(2).map(n -> n * 2)).isEqualTo(StoreAnswer.done(4));
    assertThat(StoreAnswer.<Integer>refused(StoreAnswer.Refusal.CONFLICT).map(n -> "" + n))
        .isEqualTo(StoreAnswer.refused(StoreAnswer.Refusal.CONFLICT));
    assertThat(StoreAnswer.<Integer>unavailable("x").map(n -> "" + n))
        .isEqualTo(StoreAnswer.unavailable("x"));
  }
}
