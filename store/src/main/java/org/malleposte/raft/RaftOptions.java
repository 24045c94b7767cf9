package org.malleposte.raft;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Our settings in the words of Ratis, and every limit of its that the defaults set wrongly. */
final class RaftOptions {
  // Ratis puts terms and ids around our entry.
  private static final int ENTRY_BYTES = ReplicatedGroup.MAX_ENTRY_BYTES + (64 << 10);
  // One buffer takes one entry at least, and one buffer goes out in one request.
  private static final int BUFFER_BYTES = ENTRY_BYTES + (256 << 10);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int MESSAGE_BYTES = 8 << 20;
  private static final int PENDING_BYTES = 32 << 20;
  private static final int PENDING_ENTRIES = 4096;
  // Not less than a proposal may take, or its repeat costs an entry of its own.
  private static final Duration REPEATS_KNOWN = Duration.ofSeconds(15);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private RaftOptions() {}

  /**
   * @param first this node should lead, so it stands for election before the others do
   */
  static RaftProperties properties(RaftSettings settings, InetSocketAddress bind, boolean first) {
    var p = new RaftProperties();
    GrpcConfigKeys.Server.setHost(p, bind.getHostString());
    GrpcConfigKeys.Server.setPort(p, bind.getPort());
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf(MESSAGE_BYTES));
    times(p, settings.tuning(), first);
    log(p, settings.tuning());
    snapshots(p);
    RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf(PENDING_BYTES));
    RaftServerConfigKeys.Write.setElementLimit(p, PENDING_ENTRIES);
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, time(REPEATS_KNOWN));
    // A lease would let a leader that was stopped answer from the past.
    RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, false);
    return p;
  }

  private static void times(RaftProperties p, RaftSettings.Tuning tuning, boolean first) {
    Rpc.setTimeoutMin(p, time(tuning.electionMin()));
    Rpc.setTimeoutMax(p, time(tuning.electionMax()));
    // After a start nobody leads, most likely, and who should lead asks first. If someone leads,
    // the others say so.
    Rpc.setFirstElectionTimeoutMin(
        p, time(first ? tuning.electionMin().dividedBy(4) : tuning.electionMin()));
    Rpc.setFirstElectionTimeoutMax(
        p, time(first ? tuning.electionMin().dividedBy(2) : tuning.electionMax()));
    Rpc.setRequestTimeout(p, time(REQUEST_TIMEOUT));
    Rpc.setSlownessTimeout(p, time(Duration.ofSeconds(20)));
    // By default Ratis closes itself for ever when the process was stopped for a minute.
    RaftServerConfigKeys.setCloseThreshold(p, time(Duration.ofDays(365)));
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, time(tuning.electionMax()));
    RaftServerConfigKeys.setStagingTimeout(p, time(Duration.ofSeconds(10)));
  }

  private static void log(RaftProperties p, RaftSettings.Tuning tuning) {
    var segment = SizeInBytes.valueOf(tuning.segmentBytes());
    Log.setSegmentSizeMax(p, segment);
    Log.setPreallocatedSize(p, SizeInBytes.valueOf(4 << 20));
    Log.setSegmentCacheNumMax(p, 2);
    Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf(2L * tuning.segmentBytes()));
    Log.setWriteBufferSize(p, SizeInBytes.valueOf(BUFFER_BYTES + 1024));
    Log.setQueueByteLimit(p, SizeInBytes.valueOf(PENDING_BYTES));
    Log.setQueueElementLimit(p, PENDING_ENTRIES);
    Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(BUFFER_BYTES));
    // A peer that is back hears of its leader within this, and no flush can begin before. A
    // transfer that fails is not repeated at once.
    Log.Appender.setRetryPolicy(p, "100ms,10, 300ms,1000000");
    Log.setUnsafeFlushEnabled(p, false);
    Log.setAsyncFlushEnabled(p, false);
    // Without it a node that starts alone does not know what was committed.
    Log.setLogMetadataEnabled(p, true);
    Log.setPurgeUptoSnapshotIndex(p, true);
    Log.setPurgeGap(p, 1);
    Log.setCorruptionPolicy(p, Log.CorruptionPolicy.EXCEPTION);
  }

  private static void snapshots(RaftProperties p) {
    Log.Appender.setInstallSnapshotEnabled(p, true);
    Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf(CHUNK_BYTES));
    GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(p, 4);
    // We count ourselves, also bytes.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(p, false);
  }

  static Parameters parameters(RaftSettings settings) {
    var parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, new PeersOnly(settings.self()));
    settings
        .tls()
        .ifPresent(
            tls ->
                GrpcConfigKeys.TLS.setConf(
                    parameters, new GrpcTlsConfig(tls.key(), tls.trust(), true)));
    return parameters;
  }

  static void storage(RaftProperties p, Path directory) {
    RaftServerConfigKeys.setStorageDir(p, List.of(new File(directory.toString())));
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
