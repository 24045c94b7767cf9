package org.malleposte.filter;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.routing.Target;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.sieve.FilterContext;
import org.malleposte.sieve.FilterResult;
import org.malleposte.sieve.MailView;
import org.malleposte.sieve.SieveFilter;
import org.malleposte.sieve.SieveScript;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local delivery by the account's script: scripts are run on a lane, then what they decided is done
 * ({@link FilteredMail}). An account without any script takes the short way. Thread-safe; never
 * blocks.
 */
public final class FilteredDelivery implements LocalDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(FilteredDelivery.class);

  /**
   * What a delivery needs.
   *
   * @param lane for reads of the store and of bodies, and for the scripts themselves
   * @param host of this node
   * @param hopsMax Received fields with which a mail is not sent on
   */
  public record Parts(
      MailboxDelivery plain,
      MailboxStore store,
      SpecialUses uses,
      AccountScripts scripts,
      FilterMemory memory,
      OwnMail ownMail,
      BlockingLane lane,
      String host,
      int hopsMax,
      InstantSource clock) {
    <T> CompletableFuture<T> onLane(Callable<T> task) {
      try {
        return lane.call(task);
      } catch (RejectedExecutionException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  private final Parts parts;

  public FilteredDelivery(Parts parts) {
    this.parts = parts;
  }

  @Override
  public String lane(AccountName account) {
    return parts.plain().lane(account);
  }

  @Override
  public CompletableFuture<Map<Target.Local, LocalOutcome>> deliver(
      QueueId id,
      List<Target.Local> targets,
      Envelope envelope,
      MessageBody body,
      Duration timeout) {
    return LocalDelivery.each(targets, target -> deliver(id, target, envelope, body, timeout));
  }

  private CompletableFuture<LocalOutcome> deliver(
      QueueId id, Target.Local target, Envelope envelope, MessageBody body, Duration timeout) {
    return parts
        .onLane(() -> parts.scripts().of(target.account()))
        .thenCompose(
            scripts ->
                scripts.isEmpty()
                    ? parts
                        .plain()
                        .deliver(id, List.of(target), envelope, body, timeout)
                        .thenApply(outcomes -> outcomes.get(target))
                    : filtered(id, target, envelope, body, scripts))
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(MailboxDelivery::unavailable);
  }

  private CompletableFuture<LocalOutcome> filtered(
      QueueId id,
      Target.Local target,
      Envelope envelope,
      MessageBody body,
      List<SieveScript> scripts) {
    return parts
        .onLane(() -> decide(id, target, envelope, body, scripts))
        .thenCompose(Function.identity());
  }

  private CompletableFuture<LocalOutcome> decide(
      QueueId id,
      Target.Local target,
      Envelope envelope,
      MessageBody body,
      List<SieveScript> scripts)
      throws IOException {
    var mail = MailView.of(body);
    var context =
        new FilterContext(
            target.account(),
            MailboxDelivery.sender(envelope, target),
            target.original(),
            envelope.authenticated(),
            envelope.client(),
            parts.host(),
            parts.clock().instant(),
            new World(id, target.account()));
    FilterResult result = SieveFilter.run(scripts, mail, context);
    result
        .failure()
        .ifPresent(what -> LOG.warn("{} {}: script failed, {}", id, target.account(), what));
    return new FilteredMail(parts, id, target, envelope, mail, context).perform(result.actions());
  }

  /** What the account's shard tells, at this node's replica. */
  private final class World implements FilterContext.World {
    private final QueueId id;
    private final AccountName account;

    World(QueueId id, AccountName account) {
      this.id = id;
      this.account = account;
    }

    @Override
    public boolean mailboxExists(String name) {
      return parts.store().find(account, new MailboxName(name)).isPresent();
    }

    @Override
    public boolean hasUse(Optional<String> name, String use) {
      return parts
          .uses()
          .mailbox(account, use)
          .filter(box -> name.isEmpty() || box.equals(new MailboxName(name.get())))
          .isPresent();
    }

    @Override
    public boolean seen(String key) {
      return parts.memory().seen(account, key, id, parts.clock().instant());
    }
  }
}
