package org.malleposte.filter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.Append;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.routing.Target;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;

/**
 * Final delivery: appends to INBOXes, with the two header fields that only final delivery may add
 * (RFC 5321 §4.4 {@code Return-Path}, and {@code Delivered-To}).
 */
public final class MailboxDelivery implements LocalDelivery {
  private static final EnhancedStatus NO_SUCH_MAILBOX = new EnhancedStatus(5, 1, 1);
  private static final EnhancedStatus MAILBOX_FULL = new EnhancedStatus(5, 2, 2);
  private static final EnhancedStatus SYSTEM_ERROR = new EnhancedStatus(4, 3, 0);

  private final MailboxStore store;
  private final Function<AccountName, String> lane;
  private final MailLog log;

  /**
   * @param lane names an account's shard
   */
  public MailboxDelivery(MailboxStore store, Function<AccountName, String> lane, MailLog log) {
    this.store = store;
    this.lane = lane;
    this.log = log;
  }

  @Override
  public String lane(AccountName account) {
    return lane.apply(account);
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
    return store(id, target, MailboxName.INBOX, Flags.NONE, withTrace(envelope, target, body))
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, failure) ->
                failure == null ? outcome(id, target, answer) : unavailable(failure));
  }

  /**
   * Appends once.
   *
   * @param id names this append in the account
   * @param body with what {@link #withTrace} adds
   */
  CompletableFuture<StoreAnswer<Appended>> store(
      QueueId id, Target.Local target, MailboxName mailbox, Flags flags, MessageBody body) {
    return store.append(new Append(id, target.account(), mailbox, flags, id.time(), body));
  }

  /** What an append means for its target; logs one that is done. */
  LocalOutcome outcome(QueueId id, Target.Local target, StoreAnswer<Appended> answer) {
    return switch (answer) {
      case StoreAnswer.Done<Appended>(var appended) -> {
        log.on(
            new MailEvent.Stored(
                id, target.account().value(), appended.uid(), appended.repeated()));
        yield new LocalOutcome.Stored(appended.repeated());
      }
      case StoreAnswer.Refused<Appended>(var why) -> refused(why);
      case StoreAnswer.Unavailable<Appended>(var detail) -> new LocalOutcome.Unavailable(detail);
    };
  }

  private static LocalOutcome refused(Refusal why) {
    return switch (why) {
      case NO_SUCH_ACCOUNT -> new LocalOutcome.Failed(NO_SUCH_MAILBOX, "no such mailbox here");
      case OVER_QUOTA -> new LocalOutcome.Failed(MAILBOX_FULL, "mailbox is full");
      case NO_SUCH_MAILBOX, MAILBOX_EXISTS, NOT_PERMITTED, CONFLICT ->
          new LocalOutcome.Deferred(SYSTEM_ERROR, "the store refused: " + why);
    };
  }

  // Whether it was stored is unknown: a time-out, or a body that was closed under a late write.
  static LocalOutcome unavailable(Throwable failure) {
    return new LocalOutcome.Unavailable(failure.toString());
  }

  /** With whom the mail is stored as its sender. */
  static ReversePath sender(Envelope envelope, Target.Local target) {
    return target.owner().map(ReversePath::of).orElse(envelope.from());
  }

  /** The mail as it is stored, with the fields of final delivery in front. */
  static MessageBody withTrace(Envelope envelope, Target.Local target, MessageBody body) {
    return Bodies.behind(
        "Return-Path: "
            + sender(envelope, target)
            + "\r\nDelivered-To: "
            + target.original()
            + "\r\n",
        body);
  }
}
