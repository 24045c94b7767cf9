package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardCommand.*;

/**
 * Random commands, repeats, restarts, crashes that lose what was not flushed, and restores, against
 * {@link ModelMailboxes}; and against a second replica to which nothing of that happens.
 */
class ShardModelTest {
  private static final List<AccountName> ACCOUNTS =
      List.of(new AccountName("a"), new AccountName("ab"), new AccountName("b"));
  private static final List<MailboxName> NAMES =
      List.of("INBOX", "x", "x/y", "x/y/z", "xy", "y", "y/z", "INBOX/i").stream()
          .map(MailboxName::new)
          .toList();
  private static final List<String> FLAGS =
      List.of(Flags.SEEN, Flags.DELETED, Flags.FLAGGED, "$Junk", "kw");

  @TempDir Path directory;
  private final Map<AccountName, ModelMailboxes> model = new HashMap<>();
  private final List<byte[]> log = new ArrayList<>();
  private final List<QueueId> ids = new ArrayList<>();
  private Random random;
  private Entries entries;
  private ShardState state;
  private ShardState calm;
  private int saved = -1;
  private int opened;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theStateIsWhatTheModelSays(long seed) {
    run(seed, 250);
  }

  @Test
  @Tag("soak")
  void theStateIsWhatTheModelSaysForLong() {
    long seed = FakeLog.anySeed();
    run(seed, 6_000);
  }

  private void run(long seed, int count) {
    System.out.println("seed " + seed);
    random = new Random(seed);
    entries = new Entries(seed);
    ACCOUNTS.forEach(account -> model.put(account, new ModelMailboxes()));
    state = Entries.open(directory.resolve("state"));
    calm = Entries.open(directory.resolve("calm"));
    try {
      for (int i = 0; i < count; i++) {
        step();
        if (i % 25 == 0) {
          compare();
        }
      }
      compare();
      assertThat(state.digest().agrees(calm.digest())).isTrue();
    } finally {
      state.close();
      calm.close();
    }
  }

  private void step() {
    switch (random.nextInt(40)) {
      case 0 -> reopen();
      case 1 -> save();
      case 2 -> crash();
      case 3 -> repeat();
      default -> entry();
    }
  }

  private void reopen() {
    state.close();
    state = Entries.open(directory.resolve("state"));
    assertThat(state.position().index()).isEqualTo(log.size() - 1);
  }

  private void save() {
    saved = log.size() - 1;
    state.snapshot(directory.resolve("snapshot" + opened++));
  }

  /** The state of the last snapshot comes back, as if nothing after it had reached the disk. */
  private void crash() {
    if (saved < 0) {
      return;
    }
    state.restore(directory.resolve("snapshot" + (opened - 1)));
    assertThat(state.position().index()).isEqualTo(saved);
    // The log is applied from somewhere before that.
    for (int i = Math.max(0, saved - random.nextInt(5)); i < log.size(); i++) {
      state.apply(1, i, log.get(i));
    }
  }

  /** The same proposal at a new place of the log. */
  private void repeat() {
    if (log.isEmpty()) {
      return;
    }
    int back = random.nextInt(1, 1 + Math.min(log.size(), 40));
    propose(log.get(log.size() - back));
  }

  private byte[] propose(byte[] entry) {
    log.add(entry);
    byte[] answer = state.apply(1, log.size() - 1, entry);
    assertThat(calm.apply(1, log.size() - 1, entry)).isEqualTo(answer);
    return answer;
  }

  private void entry() {
    var commands = new ArrayList<ShardCommand>();
    var expected = new ArrayList<ShardAnswer>();
    entries.timeMillis += random.nextInt(3000) - 500;
    maxTime = Math.max(maxTime, entries.timeMillis);
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      var account = pick(ACCOUNTS);
      var command = command(account);
      commands.add(command);
      expected.add(model.get(account).apply(command, maxTime));
    }
    var answers = Entries.answers(propose(entries.encode(commands)));
    for (int i = 0; i < answers.size(); i++) {
      assertThat(withoutMessages(answers.get(i)))
          .as(() -> commands.toString())
          .isEqualTo(expected.get(i));
    }
  }

  private long maxTime;

  private static ShardAnswer withoutMessages(ShardAnswer answer) {
    return answer instanceof ShardAnswer.FlagsStored(var _, var failed, var resumeFrom)
        ? new ShardAnswer.FlagsStored(List.of(), failed, resumeFrom)
        : answer;
  }

  private ShardCommand command(AccountName account) {
    long box = random.nextInt(1, 8);
    return switch (random.nextInt(20)) {
      case 0, 1 -> new Create(account, pick(NAMES));
      case 2 -> new Delete(account, pick(NAMES));
      case 3 -> new Rename(account, pick(NAMES), pick(NAMES));
      case 4 -> new Subscribe(account, pick(NAMES), random.nextBoolean());
      case 5 -> new ClaimRecent(account, box);
      case 6, 7, 8 ->
          new StoreFlags(
              account, box, uids(), pick(List.of(FlagChange.values())), flags(), since());
      case 9, 10 -> new Expunge(account, box, uids(), random.nextBoolean());
      case 11, 12 ->
          new Transfer(
              id(), 0, pick(List.of(Transfer.Kind.values())), account, box, uids(), pick(NAMES));
      default ->
          new Append(
              id(),
              account,
              random.nextInt(3) == 0 ? pick(NAMES) : MailboxName.INBOX,
              flags(),
              random.nextInt(),
              new Body.Inline(("body " + random.nextLong()).getBytes()));
    };
  }

  /** Mostly new, sometimes one that was there before. */
  private QueueId id() {
    if (!ids.isEmpty() && random.nextInt(8) == 0) {
      return pick(ids);
    }
    ids.add(entries.id());
    return ids.getLast();
  }

  private UidSet uids() {
    if (random.nextInt(4) == 0) {
      return UidSet.range(1, 0xffff_ffffL);
    }
    var uids = new long[random.nextInt(5)];
    for (int i = 0; i < uids.length; i++) {
      uids[i] = random.nextInt(1, 60);
    }
    return UidSet.of(uids);
  }

  private Flags flags() {
    return Flags.of(FLAGS.stream().filter(f -> random.nextInt(3) == 0).toArray(String[]::new));
  }

  private OptionalLong since() {
    return random.nextInt(3) == 0 ? OptionalLong.of(random.nextInt(30)) : OptionalLong.empty();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void compare() {
    for (var account : ACCOUNTS) {
      var expected = model.get(account);
      assertThat(state.<Object>read(reader -> reader.list(account))).isEqualTo(expected.list());
      state.read(
          reader -> {
            expected.boxes.values().forEach(box -> compare(reader, account, box));
            return null;
          });
    }
  }

  private static void compare(ShardReader reader, AccountName account, ModelMailboxes.Box box) {
    var info = reader.find(account, box.name).orElseThrow();
    assertThat(info.id()).isEqualTo(box.id);
    var uids = box.mails.keySet().stream().mapToLong(u -> u).toArray();
    // An unused INBOX and a deleted mailbox are both nothing on disk.
    assertThat(reader.uids(account, box.id)).containsExactly(uids);
    var found = new HashMap<Long, ModelMailboxes.Mail>();
    var since = new ArrayList<Long>();
    var all = UidSet.range(1, 0xffff_ffffL);
    reader.messages(
        account,
        box.id,
        all,
        message -> {
          byte[] body = reader.chunk(account, message.blob(), 0).orElseThrow();
          found.put(
              message.uid(),
              new ModelMailboxes.Mail(message.flags(), message.modSeq(), new String(body)));
        });
    assertThat(found).isEqualTo(box.mails);
    long half = box.modSeq / 2;
    reader.changedSince(account, box.id, all, half, message -> since.add(message.uid()));
    assertThat(since)
        .isEqualTo(
            box.mails.entrySet().stream()
                .filter(e -> e.getValue().modSeq() > half)
                .map(Map.Entry::getKey)
                .toList());
  }
}
