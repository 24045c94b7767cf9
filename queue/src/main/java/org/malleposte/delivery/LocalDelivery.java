package org.malleposte.delivery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/**
 * Delivers into the INBOXes of accounts. Idempotent by (queue id, account): a repeat is {@link
 * LocalOutcome.Stored} and changes nothing.
 *
 * <p>Thread-safe; never blocks. {@code node} implements it on the mailbox store.
 */
public interface LocalDelivery {
  /** How an attempt at one account ended. Whether to try again follows from the type. */
  sealed interface LocalOutcome {
    /** Committed by a majority. */
    record Stored(boolean repeated) implements LocalOutcome {}

    /**
     * The account's shard did not answer in time. <b>It may still be stored</b>; whoever tries
     * again does so under the same id.
     */
    record Unavailable(String detail) implements LocalOutcome {}

    /** The store is well, but this mailbox cannot take it now. */
    record Deferred(EnhancedStatus status, String text) implements LocalOutcome {}

    /** Never: no such account any more, or over its quota. */
    record Failed(EnhancedStatus status, String text) implements LocalOutcome {}
  }

  /**
   * Tries once.
   *
   * @param targets not empty, no two equal
   * @param body stays the caller's; after {@code timeout} it may be closed though a write still
   *     goes on
   * @param timeout after which a target without an answer is {@link LocalOutcome.Unavailable}
   * @return an outcome for each target; never fails
   */
  CompletableFuture<Map<Target.Local, LocalOutcome>> deliver(
      QueueId id,
      List<Target.Local> targets,
      Envelope envelope,
      MessageBody body,
      Duration timeout);

  /** Tries all at once, each by {@code one}, whose futures do not fail. */
  static CompletableFuture<Map<Target.Local, LocalOutcome>> each(
      List<Target.Local> targets, Function<Target.Local, CompletableFuture<LocalOutcome>> one) {
    var outcomes = new LinkedHashMap<Target.Local, CompletableFuture<LocalOutcome>>();
    targets.forEach(target -> outcomes.put(target, one.apply(target)));
    return CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> {
              var all = new LinkedHashMap<Target.Local, LocalOutcome>();
              outcomes.forEach((target, outcome) -> all.put(target, outcome.join()));
              return all;
            });
  }

  /**
   * What becomes unavailable together with this account: the name of its shard. Deliveries behind
   * an unavailable one wait together, and one of them probes.
   */
  String lane(AccountName account);
}
