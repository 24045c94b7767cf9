package org.malleposte.shard;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.malleposte.blob.MessageBody;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ScheduledTimers;

/** Some nodes of a store in this process, over {@link FakeLog}s. */
final class MailStoreFixture implements AutoCloseable {
  static final AccountName ALICE = new AccountName("alice");
  static final MailboxName INBOX = MailboxName.INBOX;
  static final Instant DATE = Instant.ofEpochSecond(1_780_000_000);

  final SecureRandom random = new SecureRandom();
  final List<FakeLog> logs = new ArrayList<>();
  final List<MailStore> nodes = new ArrayList<>();
  final List<ShardStates> states = new ArrayList<>();
  private final ScheduledTimers timers = new ScheduledTimers("test-timers");
  private final BlockingLane lane = new BlockingLane("test-lane", 4, 1000);
  final List<List<FakeLog.Replica>> replicas = new ArrayList<>();

  MailStoreFixture(Path directory, int nodeCount, int shards) {
    this(directory, nodeCount, shards, MailStore.Settings.DEFAULT);
  }

  MailStoreFixture(Path directory, int nodeCount, int shards, MailStore.Settings settings) {
    for (int group = 0; group <= shards; group++) {
      logs.add(new FakeLog(group));
    }
    for (int node = 0; node < nodeCount; node++) {
      var nodeStates = new ShardStates(new ShardMap(shards), MailStoreFixture::rocks);
      var groups = new ArrayList<FakeLog.Replica>();
      for (int group = 0; group <= shards; group++) {
        var path = directory.resolve("node" + node).resolve("" + group);
        groups.add(logs.get(group).join(nodeStates.open(group, path, Entries.FOUNDED)));
      }
      replicas.add(groups);
      states.add(nodeStates);
      nodes.add(
          new MailStore(
              groups, nodeStates, timers, InstantSource.system(), random, lane, settings));
    }
  }

  static RocksKeyValueStore rocks(Path path) {
    return RocksKeyValueStore.open(path, RocksKeyValueStore.Tuning.DEFAULT);
  }

  MailboxStore store() {
    return nodes.getFirst().mailboxes();
  }

  QueueId id() {
    return QueueId.create(InstantSource.system().instant(), random);
  }

  MailboxStore.Append mail(AccountName account, MailboxName mailbox, byte[] body) {
    return new MailboxStore.Append(
        id(), account, mailbox, Flags.NONE, DATE, new MessageBody.InMemory(body));
  }

  MailboxStore.Appended append(MailboxName mailbox, String body) {
    return done(store().append(mail(ALICE, mailbox, body.getBytes())));
  }

  static <T> StoreAnswer<T> answer(CompletableFuture<StoreAnswer<T>> future) {
    return future.orTimeout(30, TimeUnit.SECONDS).join();
  }

  static <T> T done(CompletableFuture<StoreAnswer<T>> future) {
    var answer = answer(future);
    if (answer instanceof StoreAnswer.Done<T>(var value)) {
      return value;
    }
    throw new AssertionError("not done: " + answer);
  }

  @Override
  public void close() {
    nodes.forEach(MailStore::close);
    logs.forEach(FakeLog::close);
    for (var nodeStates : states) {
      for (int group = 0; group <= nodeStates.map().shards(); group++) {
        nodeStates.state(group).close();
      }
    }
    lane.close();
    timers.close();
  }
}
