package org.malleposte.metrics;

/** Names of our meters, as Micrometer wants them; Prometheus sees underscores and units. */
public final class MeterNames {
  /** Counter by {@code event}: facts about mails, see {@code MailEvent}. */
  public static final String MAIL_EVENTS = "malleposte.mail.events";

  /** Counter by {@code way}: mails for which we said 250. */
  public static final String MAIL_ACCEPTED = "malleposte.mail.accepted";

  /** Counter, bytes: bodies for which we said 250. */
  public static final String MAIL_ACCEPTED_BYTES = "malleposte.mail.accepted.size";

  /** Timer: from the 250 to the hand-over to a deliverer. */
  public static final String MAIL_FLUSH_DELAY = "malleposte.mail.flush.delay";

  /** Timer: from the 250 to another host's. */
  public static final String MAIL_RELAY_DELAY = "malleposte.mail.relay.delay";

  /** Gauge, 0 or 1: ports open, cluster joined, spool usable. */
  public static final String NODE_READY = "malleposte.node.ready";

  /** Gauge, 0 or 1: it brings mail into mailboxes. */
  public static final String NODE_DELIVERS = "malleposte.node.delivers";

  /** Gauge: live members, this one included. */
  public static final String CLUSTER_MEMBERS = "malleposte.cluster.members";

  /** Gauge: shards, the directory included, that have no leader known here. */
  public static final String STORE_LEADERLESS = "malleposte.store.shards.leaderless";

  /** Gauge: entries in this node's spool. */
  public static final String SPOOL_ENTRIES = "malleposte.spool.entries";

  /** Gauge, bytes: bodies in this node's spool. */
  public static final String SPOOL_BYTES = "malleposte.spool.size";

  /** Gauge: copies held for other nodes. */
  public static final String COPIES_HELD = "malleposte.copies.held";

  /** Gauge: entries of this spool that no other node has, as none was there to take them. */
  public static final String SPOOL_SINGLE = "malleposte.spool.single";

  /** Gauge, seconds: age of the oldest entry of this spool; 0 when it is empty. */
  public static final String SPOOL_OLDEST = "malleposte.spool.oldest";

  /** Gauge, seconds: since when mail is accepted on this node alone; 0 when it is not. */
  public static final String ALONE = "malleposte.node.alone";

  /** Gauge: entries adopted from others since the start. */
  public static final String ADOPTED = "malleposte.spool.adopted";

  /** Gauge, 0 or 1: entries wait to know whether another node has adopted them. */
  public static final String IN_DOUBT = "malleposte.spool.doubtful";

  /** Gauge, 0 or 1: new mail is refused because the disk is nearly full. */
  public static final String DISK_LOW = "malleposte.disk.low";

  private MeterNames() {}
}
