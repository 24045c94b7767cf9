package org.malleposte.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.malleposte.handover.HeldCopies;
import org.malleposte.kv.KeyValueStore.Sync;
import org.malleposte.kv.WriteBatch;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.schedule.MailQueue;
import org.malleposte.schedule.RetryPolicy;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.RocksSpool;

/** A machine: a disk, and a process while it is up. */
final class SimNode {
  final String name;
  private final SimCluster cluster;
  private final Role role;
  private String spoolId;
  SimStore spoolDisk = new SimStore();
  SimStore copiesDisk = new SimStore();
  private Optional<Instant> noPrimarySince = Optional.empty();
  private boolean delivers;
  long usableBytes = 1L << 40;
  private int lives;
  SimProcess process;
  RocksSpool spool;
  HeldCopies held;
  MailQueue queue;

  SimNode(SimCluster cluster, String name, Role role) {
    this.cluster = cluster;
    this.name = name;
    this.role = role;
    this.spoolId = newId();
  }

  private String newId() {
    var bytes = new byte[16];
    cluster.world.random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  Member member() {
    return new Member(
        new NodeName(name),
        role,
        delivers,
        process != null && process.isAlive(),
        spoolId,
        "store-" + name,
        "1",
        Map.of(),
        Instant.EPOCH);
  }

  void kill() {
    process.kill();
    process = null;
    delivers = false;
    spoolDisk.crash(cluster.world.random);
    copiesDisk.crash(cluster.world.random);
  }

  void wipe() {
    spoolDisk = new SimStore();
    copiesDisk = new SimStore();
    spoolId = newId();
  }

  /** Its disk forgets all inline bodies. */
  void loseBodies() {
    var batch = new WriteBatch();
    try (var bodies = spoolDisk.scan(new byte[] {'b'}, new byte[] {'c'})) {
      while (bodies.next()) {
        batch.delete(bodies.key());
      }
    }
    spoolDisk.write(batch, Sync.SYNCED);
  }

  void start() {
    var world = cluster.world;
    delivers = false;
    noPrimarySince = Optional.empty();
    process = new SimProcess(name, world, cluster.firstView(this));
    var disk = new DiskSpace(() -> usableBytes, 1 << 20);
    var blocking = process.threads(2);
    spool =
        new RocksSpool(
            spoolId, spoolDisk, process.threads(8), blocking, disk, RocksSpool.Limits.DEFAULT);
    held = new HeldCopies(copiesDisk, process.threads(8), blocking, disk, world);
    var random = new Random(world.random.nextLong());
    var store = cluster.mail.on(cluster, process);
    queue =
        new MailQueue(
            spool,
            held,
            disk,
            cluster.temporary.resolve(name + "-" + lives++),
            new MailQueue.Ground(
                process,
                new SimLink(cluster, process, world),
                new SimDirectory(cluster, process),
                process,
                world,
                random,
                event -> cluster.log(name + " " + event),
                blocking,
                process.threads(1)),
            new MailQueue.Settings(
                2,
                cluster.strict,
                SimCluster.ADOPT_AFTER,
                RetryPolicy.of(Duration.ofDays(5), Duration.ofHours(4))),
            store,
            store,
            store,
            store::bouncer);
    queue.start();
  }

  /** Whether it has an entry, and nobody else a copy of it, as far as it knows. */
  boolean isAlone(QueueId id) {
    return spool.brief(id).map(b -> b.holders().isEmpty()).orElse(false);
  }

  /** As the role machine has it (DESIGN §6). */
  void decideRole(Instant now) {
    boolean otherDelivers =
        process.view().others().stream().anyMatch(m -> m.role() == Role.PRIMARY && m.mayDeliver());
    noPrimarySince = otherDelivers ? Optional.empty() : noPrimarySince.or(() -> Optional.of(now));
    boolean standsIn =
        noPrimarySince.filter(s -> !now.isBefore(s.plus(SimCluster.PROMOTE_AFTER))).isPresent();
    delivers = cluster.hasMajority(name) && (role == Role.PRIMARY || standsIn);
  }

  @Override
  public String toString() {
    return name;
  }
}
