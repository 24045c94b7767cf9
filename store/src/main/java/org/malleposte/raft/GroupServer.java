package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.LifeCycle;
import org.malleposte.format.FormatVersion;

/**
 * The Raft server of this node and the directories of its groups. Its calls block.
 *
 * <p>On disk: {@code raft/UUID}, one for each group, Ratis's own; {@code groups}, which says that
 * they were made. If one is missing later, this disk has forgotten votes under the same store id:
 * it must not open.
 */
final class GroupServer implements AutoCloseable {
  private static final String MADE = "groups";

  private final RaftSettings settings;
  private final FoundingRecord founding;
  private final RaftServer server;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  private GroupServer(RaftSettings settings, FoundingRecord founding, RaftServer server) {
    this.settings = settings;
    this.founding = founding;
    this.server = server;
  }

  /**
   * Makes the server, without groups; it does not {@link #listen()} yet.
   *
   * @param machines makes the state machine of a group whenever it is opened
   * @param known where the peers are now; newer than what the logs say
   */
  static GroupServer create(
      RaftSettings settings,
      FoundingRecord founding,
      StateMachine.Registry machines,
      Collection<RaftPeer> known)
      throws IOException {
    var storage = settings.directory().resolve("raft");
    makeDirectories(settings.directory(), storage, founding);
    var bind = address(settings.bind());
    requireFree(bind);
    var properties = RaftOptions.properties(settings, bind, first(settings, known));
    // Ratis would open what it finds without our list of peers, so it finds nothing.
    RaftOptions.storage(properties, storage.resolve("none"));
    var server =
        RaftServer.newBuilder()
            .setServerId(settings.self().raft())
            .setStateMachineRegistry(machines)
            .setProperties(properties)
            .setParameters(RaftOptions.parameters(settings))
            .build();
    RaftOptions.storage(properties, storage);
    // The first address that Ratis hears for a peer is the one it keeps.
    server
        .getServerRpc()
        .addRaftPeers(known.stream().filter(p -> !p.getId().equals(server.getId())).toList());
    return new GroupServer(settings, founding, server);
  }

  private static boolean first(RaftSettings settings, Collection<RaftPeer> known) {
    return settings.founders() == 1
        || known.stream()
            .anyMatch(
                p ->
                    p.getId().equals(settings.self().raft())
                        && p.getPriority() == Peer.PRIORITY_PRIMARY);
  }

  private static void makeDirectories(Path directory, Path storage, FoundingRecord founding)
      throws IOException {
    Path made = directory.resolve(MADE);
    boolean madeBefore = Files.exists(made);
    for (int group = 0; group < founding.groups(); group++) {
      Path log = storage.resolve(founding.groupId(group).toString());
      if (madeBefore && !Files.isDirectory(log)) {
        throw new StoreDamagedException(log + " is missing");
      }
      Files.createDirectories(log);
    }
    if (!madeBefore) {
      FormatVersion.writeSynced(made, founding.groups() + "\n");
    }
  }

  // Ratis ends the whole process when it cannot listen.
  private static void requireFree(InetSocketAddress address) throws IOException {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }

  /** Lets the peers in: once the groups are open, or a leader would ask for them in vain. */
  void listen() throws IOException {
    server.start();
  }

  RaftServer server() {
    return server;
  }

  RaftGroupId id(int group) {
    return RaftGroupId.valueOf(founding.groupId(group));
  }

  /**
   * Opens a group. A founder begins with the list of the founding, unless its log has a newer one;
   * anyone else with nobody, and waits to be added.
   */
  void open(int group) throws IOException {
    LogTail.repair(directory(group));
    List<RaftPeer> peers =
        founding.contains(settings.self())
            ? founding.peers().stream().map(Peer::raft).toList()
            : List.of();
    require(
        server.groupManagement(
            GroupManagementRequest.newAdd(
                client, server.getId(), nextCall(), RaftGroup.valueOf(id(group), peers), false)));
    requireNoGap(group);
  }

  private void requireNoGap(int group) throws IOException {
    var division = server.getDivision(id(group));
    var snapshot = division.getStateMachine().getLatestSnapshot();
    long begins = snapshot == null ? 0 : snapshot.getIndex() + 1;
    long first = division.getRaftLog().getStartIndex();
    if (first > begins) {
      throw new StoreDamagedException(
          "group " + group + ": the log begins at " + first + ", the state ends before " + begins);
    }
  }

  /** Closes a group; its directory stays. */
  void remove(int group) throws IOException {
    remove(id(group));
  }

  private void remove(RaftGroupId group) throws IOException {
    require(
        server.groupManagement(
            GroupManagementRequest.newRemove(
                client, server.getId(), nextCall(), group, false, false)));
  }

  Path directory(int group) {
    return settings.directory().resolve("raft").resolve(founding.groupId(group).toString());
  }

  CompletableFuture<RaftClientReply> takeSnapshot(int group, Duration timeout) throws IOException {
    return server.snapshotManagementAsync(
        SnapshotManagementRequest.newCreate(
            client, server.getId(), id(group), nextCall(), timeout.toMillis(), 1));
  }

  CompletableFuture<RaftClientReply> setVoters(int group, List<Peer> current, List<Peer> next)
      throws IOException {
    return server.setConfigurationAsync(
        new SetConfigurationRequest(
            client,
            server.getId(),
            id(group),
            nextCall(),
            SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(next.stream().map(Peer::raft).toList())
                .setServersInCurrentConf(current.stream().map(Peer::raft).toList())
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build()));
  }

  CompletableFuture<RaftClientReply> transfer(int group, Peer.Id to, Duration timeout)
      throws IOException {
    return server.transferLeadershipAsync(
        new TransferLeadershipRequest(
            client, server.getId(), id(group), nextCall(), to.raft(), timeout.toMillis()));
  }

  private long nextCall() {
    return calls.incrementAndGet();
  }

  static RaftClientReply require(RaftClientReply reply) throws IOException {
    if (!reply.isSuccess()) {
      throw new IOException("Ratis refuses: " + reply, reply.getException());
    }
    return reply;
  }

  @Override
  public void close() {
    try {
      // Ratis closes only what it has started, and leaves these open.
      if (server.getLifeCycleState() == LifeCycle.State.NEW) {
        for (var group : server.getGroups()) {
          remove(group.getGroupId());
        }
      }
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
