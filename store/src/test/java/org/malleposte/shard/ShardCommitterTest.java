package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;
import org.malleposte.raft.ReplicatedGroup;
import org.malleposte.runtime.ManualTimers;
import org.malleposte.shard.ShardCommitter.Limits;
import org.malleposte.shard.ShardCommitter.Until;

class ShardCommitterTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long MIB = 1 << 20;

  private final ManualTimers timers = new ManualTimers();
  private final Random random = new Random(3);
  private final List<Proposal> proposals = new ArrayList<>();
  private final CompletableFuture<Void> appliedHere = new CompletableFuture<>();
  private boolean here = true;

  private final class Proposal {
    final byte[] bytes;
    final ShardCommand.Entry entry;
    final Duration timeout;
    final CompletableFuture<ReplicatedGroup.Committed> future = new CompletableFuture<>();

    Proposal(byte[] bytes, Duration timeout) {
      this.bytes = bytes;
      this.entry = EntryCodec.decode(bytes);
      this.timeout = timeout;
    }

    void answer() {
      var answers =
          entry.commands().stream().map(_ -> (ShardAnswer) new ShardAnswer.Accepted()).toList();
      answer(AnswerCodec.encode(new ShardAnswer.OfEntry.Answers(answers)));
    }

    void answer(byte[] answer) {
      future.complete(new ReplicatedGroup.Committed(9, answer));
    }

    void lose() {
      future.completeExceptionally(new LinkException("lost"));
    }
  }

  private final ReplicatedGroup group =
      new ReplicatedGroup() {
        @Override
        public CompletableFuture<Committed> propose(byte[] entry, Duration timeout) {
          assertThat(entry.length).isLessThanOrEqualTo(MAX_ENTRY_BYTES);
          proposals.add(new Proposal(entry, timeout));
          return proposals.getLast().future;
        }

        @Override
        public CompletableFuture<Void> applied(long index) {
          return here ? CompletableFuture.completedFuture(null) : appliedHere;
        }

        @Override
        public CompletableFuture<Long> readIndex(Duration timeout) {
          throw new AssertionError();
        }

        @Override
        public Optional<NodeName> leader() {
          throw new AssertionError();
        }
      };

  private ShardCommitter committer(Limits limits) {
    return new ShardCommitter(group, timers, timers, random, limits);
  }

  private final ShardCommitter committer = committer(Limits.DEFAULT);

  private ShardCommand claim(int i) {
    return new ShardCommand.ClaimRecent(ALICE, i);
  }

  private ShardCommand append(int size) {
    return new ShardCommand.Append(
        QueueId.create(timers.instant(), random),
        ALICE,
        MailboxName.INBOX,
        Flags.NONE,
        0,
        new ShardCommand.Body.Inline(new byte[size]));
  }

  private CompletableFuture<StoreAnswer<ShardAnswer>> submit(ShardCommand command) {
    return committer.submit(command, Until.APPLIED_HERE, TIMEOUT);
  }

  @Test
  void aLoneCommandGoesAtOnce() {
    var future = submit(claim(1));
    assertThat(proposals).hasSize(1);
    assertThat(proposals.getFirst().entry.timeMillis()).isEqualTo(timers.millis());
    proposals.getFirst().answer();
    assertThat(future).isCompletedWithValue(StoreAnswer.done(new ShardAnswer.Accepted()));
    assertThat(timers.running()).isZero();
  }

  @Test
  void whatComesMeanwhileSharesTheNextEntry() {
    var futures = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < 100; i++) {
      futures.add(submit(claim(i)));
    }
    assertThat(proposals).hasSize(2);
    proposals.get(0).answer();
    assertThat(proposals).hasSize(3);
    assertThat(proposals.get(2).entry.commands()).hasSize(98);
    assertThat(proposals.get(2).entry.commands().getFirst()).isEqualTo(claim(2));
    proposals.get(2).answer();
    proposals.get(1).answer();
    assertThat(futures).allMatch(CompletableFuture::isDone);
    assertThat(proposals.stream().map(p -> p.entry.sequence())).containsExactly(0L, 1L, 2L);
    assertThat(committer.load()).isEqualTo(new ShardCommitter.Load(0, 0, 3, 100, 0));
  }

  @Test
  void entriesAreBoundedInBytes() {
    var futures = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < 40; i++) {
      futures.add(submit(append(256 * 1024)));
    }
    for (int i = 0; i < proposals.size(); i++) {
      proposals.get(i).answer();
    }
    assertThat(futures).allMatch(CompletableFuture::isDone);
    assertThat(proposals.get(2).entry.commands()).hasSize(7);
  }

  @Test
  void entriesAreBoundedInTheirAnswers() {
    var flags =
        new ShardCommand.StoreFlags(
            ALICE,
            1,
            UidSet.range(1, 100_000),
            FlagChange.ADD,
            Flags.of(Flags.SEEN),
            java.util.OptionalLong.empty());
    for (int i = 0; i < 40; i++) {
      submit(flags);
    }
    proposals.get(0).answer();
    assertThat(proposals.get(2).entry.commands()).hasSizeBetween(10, 16);
  }

  @Test
  void aLostProposalIsRepeatedByteForByte() {
    var future = submit(claim(1));
    proposals.get(0).lose();
    assertThat(future).isNotDone();
    timers.advance(Duration.ofSeconds(1));
    assertThat(proposals).hasSize(2);
    assertThat(proposals.get(1).bytes).isEqualTo(proposals.get(0).bytes);
    // An empty answer is a lost one: the entry was applied, the answer not given.
    proposals.get(1).answer(new byte[0]);
    timers.advance(Duration.ofSeconds(1));
    proposals.get(2).answer();
    assertThat(future).isCompletedWithValue(StoreAnswer.done(new ShardAnswer.Accepted()));
    assertThat(committer.load().repeats()).isEqualTo(2);
  }

  @Test
  void eachWriteHasItsOwnTime() {
    var hold1 = submit(claim(0));
    var hold2 = submit(claim(0));
    var soon = committer.submit(claim(1), Until.APPLIED_HERE, Duration.ofSeconds(2));
    var late = submit(claim(2));
    timers.advance(Duration.ofSeconds(2));
    assertThat(soon.join()).isInstanceOf(StoreAnswer.Unavailable.class);
    proposals.get(0).answer();
    // It has run out of time before it was ever proposed.
    assertThat(proposals.get(2).entry.commands()).containsExactly(claim(2));
    proposals.get(2).lose();
    timers.advance(Duration.ofSeconds(8));
    assertThat(late.join()).isInstanceOf(StoreAnswer.Unavailable.class);
    assertThat(hold1.join()).isInstanceOf(StoreAnswer.Done.class);
    assertThat(hold2.join()).isInstanceOf(StoreAnswer.Unavailable.class);
    int repeated = proposals.size();
    proposals.forEach(Proposal::lose);
    timers.advance(Duration.ofMinutes(1));
    assertThat(proposals).as("nobody waits any more").hasSize(repeated);
    assertThat(timers.running()).isZero();
  }

  @Test
  void attemptsAreShorterThanTheWrite() {
    submit(claim(1));
    assertThat(proposals.get(0).timeout).isEqualTo(Duration.ofSeconds(3));
    committer.submit(claim(2), Until.APPLIED_HERE, Duration.ofSeconds(2));
    assertThat(proposals.get(1).timeout).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void whatWaitsIsBounded() {
    var small = committer(new Limits(1, 10, 5, 2 * MIB));
    var futures = new ArrayList<CompletableFuture<StoreAnswer<ShardAnswer>>>();
    for (int i = 0; i < 8; i++) {
      futures.add(small.submit(claim(i), Until.COMMITTED, TIMEOUT));
    }
    assertThat(futures.get(5)).isNotDone();
    assertThat(futures.get(6).join())
        .isEqualTo(StoreAnswer.unavailable("too much waits for the shard"));
    assertThat(small.load().waitingCommands()).isEqualTo(5);
    var bytes = committer(new Limits(1, 10, 1000, 2 * MIB));
    for (int i = 0; i < 20; i++) {
      bytes.submit(append(200_000), Until.COMMITTED, TIMEOUT);
    }
    assertThat(bytes.load().waitingCommands()).isEqualTo(10);
    timers.advance(TIMEOUT);
    assertThat(bytes.load().waitingBytes()).isZero();
    assertThat(small.load().waitingCommands()).isZero();
  }

  @Test
  void anEntryThatHangsHoldsUpOnlyAWindow() {
    submit(claim(0));
    for (int i = 1; i < 40; i++) {
      submit(claim(i));
      proposals.getLast().answer();
    }
    long last = proposals.stream().mapToLong(p -> p.entry.sequence()).max().orElse(0);
    // The state could no longer tell a repeat of entry 0 from a new entry.
    assertThat(last).isEqualTo(ShardCommand.Entry.WINDOW - 1);
    proposals.get(0).answer();
    proposals.getLast().answer();
    assertThat(committer.load().waitingCommands()).isZero();
  }

  @Test
  void doneMeansAppliedHere() {
    here = false;
    var reader = submit(claim(1));
    var sender = committer.submit(claim(2), Until.COMMITTED, TIMEOUT);
    proposals.forEach(Proposal::answer);
    assertThat(sender.join()).isInstanceOf(StoreAnswer.Done.class);
    assertThat(reader).isNotDone();
    appliedHere.complete(null);
    assertThat(reader.join()).isInstanceOf(StoreAnswer.Done.class);
  }

  @Test
  void committedButNotAppliedHereInTimeIsUnavailable() {
    here = false;
    var reader = submit(claim(1));
    proposals.forEach(Proposal::answer);
    timers.advance(TIMEOUT);
    assertThat(reader.join()).isInstanceOf(StoreAnswer.Unavailable.class);
  }

  @Test
  void closingAnswersAllThatWait() {
    var futures = new ArrayList<CompletableFuture<StoreAnswer<ShardAnswer>>>();
    for (int i = 0; i < 5; i++) {
      futures.add(submit(claim(i)));
    }
    committer.close();
    futures.forEach(f -> assertThat(f.join()).isInstanceOf(StoreAnswer.Unavailable.class));
    assertThat(submit(claim(9)).join()).isInstanceOf(StoreAnswer.Unavailable.class);
    proposals.forEach(Proposal::answer);
    assertThat(timers.running()).isZero();
  }

  @Test
  void anAnswerThatFitsNotIsABug() {
    var future = submit(claim(1));
    proposals.get(0).answer(new byte[] {77});
    assertThat(future).isCompletedExceptionally();
    var other = submit(claim(1));
    proposals.get(1).answer(AnswerCodec.encode(new ShardAnswer.OfEntry.Answers(List.of())));
    assertThat(other).isCompletedExceptionally();
  }
}
