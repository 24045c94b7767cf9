package org.malleposte.trace;

import java.time.Duration;
import org.malleposte.mail.QueueId;

/** One fact about a mail. Each is one line of the log, queue id first. */
public sealed interface MailEvent {
  QueueId id();

  /** We said 250. {@code way}: direct, spool+copy, spool alone. */
  record Accepted(
      QueueId id, String from, int recipients, long sizeBytes, String client, String way)
      implements MailEvent {}

  /** It is in a mailbox; {@code repeated} when it already was. */
  record Stored(QueueId id, String account, long uid, boolean repeated) implements MailEvent {}

  /** A primary has taken it from this node's spool. */
  record Flushed(QueueId id, String to, Duration delay) implements MailEvent {}

  /** Another host has taken it. */
  record Relayed(QueueId id, String to, String host, String reply, Duration delay)
      implements MailEvent {}

  record Deferred(QueueId id, String to, String why) implements MailEvent {}

  /** It failed for good; {@code report} is the id of the report to the sender, or {@code none}. */
  record Bounced(QueueId id, String to, String why, String report) implements MailEvent {}

  record Discarded(QueueId id, String to, String why) implements MailEvent {}

  /** This node holds a copy for {@code owner}. */
  record Copied(QueueId id, String owner) implements MailEvent {}

  /** This node has taken over the entry of a node that is gone. */
  record Adopted(QueueId id, String owner) implements MailEvent {}

  /** All its deliveries are done, it is no longer in the spool. */
  record Finished(QueueId id) implements MailEvent {}
}
