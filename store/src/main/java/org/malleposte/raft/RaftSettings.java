package org.malleposte.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.malleposte.link.NodeName;

/**
 * What a {@link RaftNode} is told once.
 *
 * @param name this node
 * @param identity of the disk at {@code directory}
 * @param advertised {@code host:port} at which the others reach this node's Raft server; the same
 *     as in its cluster member's addresses under {@code raft}
 * @param bind {@code host:port} that the server listens on
 * @param directory {@code data/store}
 * @param cluster name of the cluster
 * @param groups how many groups there are: the directory and the shards; fixed when the cluster is
 *     founded
 * @param founders how many nodes with a store must be there before the cluster is founded; 1: this
 *     node alone, at once
 * @param tls mutual TLS on the links between peers
 */
public record RaftSettings(
    NodeName name,
    StoreIdentity identity,
    String advertised,
    String bind,
    Path directory,
    String cluster,
    int groups,
    int founders,
    Optional<Tls> tls,
    Tuning tuning) {
  /** More groups only cost threads and syncs: each has its own log. */
  public static final int MAX_GROUPS = 64;

  /** Our certificate, and whom we believe. The same authority must have signed all nodes. */
  public record Tls(X509KeyManager key, X509TrustManager trust) {}

  /**
   * What may be measured and changed.
   *
   * @param electionMin a follower that has not heard a leader for longer (random up to {@code
   *     electionMax}) stands for election; heartbeats go out at half of it
   * @param electionMax also: a leader without a majority for that long steps down
   * @param snapshotEntries a snapshot after so many entries, or
   * @param snapshotBytes after so many bytes of entries. The log keeps what came after the last
   *     snapshot but one, so a node that was away for less needs no snapshot
   * @param segmentBytes of a file of the log; the newest one is in memory
   * @param warmUp a primary that is back gets the lead again after so long at work
   */
  public record Tuning(
      Duration electionMin,
      Duration electionMax,
      long snapshotEntries,
      long snapshotBytes,
      int segmentBytes,
      Duration warmUp) {
    public static final Tuning DEFAULT =
        new Tuning(
            Duration.ofMillis(900),
            Duration.ofMillis(1500),
            20_000,
            128L << 20,
            8 << 20,
            Duration.ofSeconds(15));

    public Tuning {
      if (electionMin.isNegative() || electionMin.compareTo(electionMax) >= 0) {
        throw new IllegalArgumentException("election time-outs: " + electionMin + electionMax);
      }
      if (snapshotEntries < 1 || snapshotBytes < 1 || segmentBytes < (4 << 20)) {
        throw new IllegalArgumentException("snapshot limits, or segments below 4 MiB");
      }
    }
  }

  public RaftSettings {
    if (groups < 1 || groups > MAX_GROUPS) {
      throw new IllegalArgumentException("groups: 1 to " + MAX_GROUPS + ", not " + groups);
    }
    if (founders < 1) {
      throw new IllegalArgumentException("founders: at least 1, not " + founders);
    }
  }

  Peer.Id self() {
    return new Peer.Id(name, identity.id());
  }
}
