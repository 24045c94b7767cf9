package org.malleposte.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * The way out for a group of two whose other disk was replaced. Its old peer will never vote again,
 * so no majority of two can exist, and nothing could ever be changed by the log.
 *
 * <p>Why it is safe to go on alone: with two voters every committed entry is on both, so this disk
 * has them all; and the old peer alone cannot commit or elect anything either, should its disk come
 * back. A configuration that this node does not know of would have needed its vote. Only a node
 * that returns under the same name with another store id shows that the disk is gone; one that is
 * merely away is waited for.
 *
 * <p>Ratis keeps the latest configuration beside the log. Here it is given one that comes right
 * after the last entry and has one voter; when that voter leads, it writes the same into the log.
 */
final class LoneSurvivor {
  private LoneSurvivor() {}

  static boolean isOne(List<Peer> voters, Peer.Id self, List<Peer> live) {
    return voters.size() == 2
        && voters.stream().anyMatch(p -> p.id().equals(self))
        && voters.stream()
            .filter(p -> !p.id().equals(self))
            .allMatch(p -> ReconfigurationPlan.successor(p, live).isPresent());
  }

  /**
   * The entry that says that {@code self} is the only voter, right after the last one in the log.
   */
  static LogEntryProto configuration(RaftServer.Division division, Peer self) {
    var last = division.getRaftLog().getLastEntryTermIndex();
    if (last == null) {
      var snapshot = division.getStateMachine().getLatestSnapshot();
      last = snapshot == null ? TermIndex.INITIAL_VALUE : snapshot.getTermIndex();
    }
    return LogEntryProto.newBuilder()
        .setTerm(last.getTerm())
        .setIndex(last.getIndex() + 1)
        .setConfigurationEntry(
            RaftConfigurationProto.newBuilder().addPeers(self.raft().getRaftPeerProto()))
        .build();
  }

  /**
   * @param directory of the group, which must be closed
   */
  static void write(LogEntryProto configuration, Path directory) throws IOException {
    replace(directory.resolve("current").resolve("raft-meta.conf"), configuration.toByteArray());
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.write(next, bytes);
    try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (var channel = FileChannel.open(file.getParent())) {
      channel.force(true);
    }
  }
}
