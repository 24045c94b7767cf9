package org.malleposte;

import org.malleposte.link.Cluster;
import org.malleposte.metrics.NodeMeters;
import org.malleposte.schedule.QueueGauges;

/** The gauges of this node. */
record NodeReadings(
    NodeQueue queue, QueueGauges gauges, NodeStore store, Cluster cluster, NodeRole role)
    implements NodeMeters.Readings {
  @Override
  public boolean ready() {
    return role.isReady();
  }

  @Override
  public boolean delivers() {
    return role.decision().mayDeliver();
  }

  @Override
  public int members() {
    return cluster.view().members().size();
  }

  @Override
  public int leaderlessShards() {
    return (int) store.groups().stream().filter(g -> g.leader().isEmpty()).count();
  }

  @Override
  public long spoolEntries() {
    return queue.spool().depth().entries();
  }

  @Override
  public long spoolBytes() {
    return queue.spool().depth().bytes();
  }

  @Override
  public long spoolSingle() {
    return queue.single();
  }

  @Override
  public long copiesHeld() {
    return queue.copies().count();
  }

  @Override
  public long spoolOldest() {
    return gauges.oldestAge().toSeconds();
  }

  @Override
  public long aloneFor() {
    return gauges.aloneFor().toSeconds();
  }

  @Override
  public long adopted() {
    return gauges.adopted();
  }

  @Override
  public boolean inDoubt() {
    return gauges.isInDoubt();
  }

  @Override
  public boolean diskLow() {
    return gauges.isDiskLow();
  }
}
