package org.malleposte;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.config.NodeConfig;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.raft.RaftGroup;
import org.malleposte.raft.RaftNode;
import org.malleposte.raft.RaftSettings;
import org.malleposte.raft.StoreIdentity;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.MailStore;
import org.malleposte.shard.ShardMap;
import org.malleposte.shard.ShardStates;
import org.malleposte.tls.ClusterTls;

/** This node's part of the replicated store. */
final class NodeStore implements AutoCloseable {
  /** Bodies in files, reads of sessions and of the directory. */
  private static final int LANE_THREADS = 8;

  private static final int LANE_WAITING = 20_000;

  private final BlockingLane lane = new BlockingLane("store", LANE_THREADS, LANE_WAITING);
  private final ShardMap map;
  private final RaftNode raft;
  private final MailStore mail;

  NodeStore(
      NodeConfig config,
      StoreIdentity identity,
      NodeLink link,
      Cluster cluster,
      ClusterTls tls,
      StorePolicy policy,
      Timers timers,
      InstantSource clock,
      RandomGenerator random) {
    map = new ShardMap(config.store().shards());
    var states =
        new ShardStates(
            map,
            directory -> RocksKeyValueStore.open(directory, RocksKeyValueStore.Tuning.DEFAULT));
    var raftAt = config.cluster().raft();
    var settings =
        new RaftSettings(
            config.node().name(),
            identity,
            config.cluster().advertise().plus(NodeConfig.Cluster.RAFT_OFFSET).toString(),
            raftAt.toString(),
            config.node().storeDirectory(),
            config.cluster().name(),
            1 + map.shards(),
            config.cluster().founders(),
            tls.managers().map(m -> new RaftSettings.Tls(m.key(), m.trust())),
            RaftSettings.Tuning.DEFAULT);
    raft = new RaftNode(settings, link, cluster, timers, clock, random, states::open);
    mail =
        new MailStore(
            raft.groups(),
            states,
            timers,
            clock,
            random,
            lane,
            MailStore.Settings.DEFAULT.with(policy));
  }

  /** Blocks while the logs are read. */
  void start() throws StartException {
    try {
      raft.start();
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new StartException("the store cannot be opened: " + e.getMessage(), e);
    }
  }

  MailStore mail() {
    return mail;
  }

  BlockingLane lane() {
    return lane;
  }

  List<RaftGroup> groups() {
    return raft.groups();
  }

  /** Names what becomes unavailable together. */
  String laneOf(AccountName account) {
    return "shard " + map.groupOf(account);
  }

  /** Whether every group has a leader that a majority follows, as far as this node knows. */
  boolean hasMajority() {
    return raft.groups().stream().allMatch(g -> g.leader().isPresent());
  }

  /** Whether the store is founded, and open on this node. */
  boolean isOpen() {
    return raft.opened().isDone() && failure().isEmpty();
  }

  static String groupName(int group) {
    return group == ShardMap.DIRECTORY_GROUP ? "directory" : "shard " + group;
  }

  /** Why the store on this disk has ended for good, if it has. */
  Optional<String> failure() {
    return raft.opened().isCompletedExceptionally()
        ? Optional.of("the store could not be opened; see the log")
        : Optional.empty();
  }

  @Override
  public void close() {
    mail.close();
    raft.close();
    lane.close();
  }
}
