package org.malleposte.filter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery.LocalOutcome;
import org.malleposte.filter.FilteredDelivery.Parts;
import org.malleposte.filter.OwnMail.Sending;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.Appended;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mime.HeaderField;
import org.malleposte.routing.Target;
import org.malleposte.sieve.EditedHeader;
import org.malleposte.sieve.FilterContext;
import org.malleposte.sieve.MailView;
import org.malleposte.sieve.SieveAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what scripts have decided for one mail and one account, so that a repeat does nothing twice.
 *
 * <p>Everything has an id that follows from the mail's: the first store the mail's own, the others
 * and the mails that are sent a derived one. Stores come first: what the store refuses is not sent
 * on either. A repeat runs the scripts again, which may have been changed meanwhile; then the first
 * store, wherever it now would go, is where it went. Used by one delivery, one step at a time.
 */
final class FilteredMail {
  private static final Logger LOG = LoggerFactory.getLogger(FilteredMail.class);
  private static final EnhancedStatus REFUSED = new EnhancedStatus(5, 7, 1);
  private static final EnhancedStatus LATER = new EnhancedStatus(4, 3, 0);
  private static final int REPLY_MAX_CHARACTERS = 400;

  private final Parts parts;
  private final QueueId id;
  private final Target.Local target;
  private final Envelope envelope;
  private final MailView mail;
  private final FilterContext context;
  // Mailboxes that have it. Touched by one step after the other.
  private final Set<MailboxName> done = new HashSet<>();
  private boolean stored;

  FilteredMail(
      Parts parts,
      QueueId id,
      Target.Local target,
      Envelope envelope,
      MailView mail,
      FilterContext context) {
    this.parts = parts;
    this.id = id;
    this.target = target;
    this.envelope = envelope;
    this.mail = mail;
    this.context = context;
  }

  CompletableFuture<LocalOutcome> perform(List<SieveAction> actions) {
    if (actions.stream().noneMatch(FilteredMail::isDelivery)) {
      LOG.info("{} {}: discarded by the script", id, target.account());
    }
    CompletableFuture<LocalOutcome> outcome =
        CompletableFuture.completedFuture(new LocalOutcome.Stored(false));
    for (var action : actions) {
      outcome = outcome.thenCompose(before -> after(before, action));
    }
    return outcome;
  }

  private static boolean isDelivery(SieveAction action) {
    return switch (action) {
      case SieveAction.Store _, SieveAction.Redirect _, SieveAction.Reject _ -> true;
      case SieveAction.Reply _, SieveAction.Remember _ -> false;
    };
  }

  private CompletableFuture<LocalOutcome> after(LocalOutcome before, SieveAction action) {
    return switch (before) {
      case LocalOutcome.Stored _ -> perform(action).thenApply(outcome -> joined(before, outcome));
      case LocalOutcome.Unavailable _, LocalOutcome.Deferred _, LocalOutcome.Failed _ ->
          CompletableFuture.completedFuture(before);
    };
  }

  /** The mail counts as repeated if one of its stores was. */
  private static LocalOutcome joined(LocalOutcome before, LocalOutcome outcome) {
    return before instanceof LocalOutcome.Stored(boolean repeated)
            && repeated
            && outcome instanceof LocalOutcome.Stored
        ? before
        : outcome;
  }

  private CompletableFuture<LocalOutcome> perform(SieveAction action) {
    return switch (action) {
      case SieveAction.Store(var place, var flags, var header) -> store(place, flags, header);
      case SieveAction.Redirect(var to, var header) -> redirect(to, header);
      case SieveAction.Reject(var reason) ->
          CompletableFuture.completedFuture(new LocalOutcome.Failed(REFUSED, oneLine(reason)));
      case SieveAction.Reply reply -> reply(reply);
      case SieveAction.Remember(var key, long seconds) ->
          onLane(
              () ->
                  parts
                      .memory()
                      .remember(target.account(), key, id, context.now(), seconds)
                      .thenApply(_ -> ok()));
    };
  }

  private static LocalOutcome ok() {
    return new LocalOutcome.Stored(false);
  }

  private CompletableFuture<LocalOutcome> onLane(
      java.util.concurrent.Callable<CompletableFuture<LocalOutcome>> task) {
    return parts.onLane(task).thenCompose(java.util.function.Function.identity());
  }

  private CompletableFuture<LocalOutcome> store(
      SieveAction.Place place, Flags flags, Optional<EditedHeader> header) {
    return place.use().isEmpty()
        ? store(new MailboxName(place.mailbox()), place.create(), flags, header)
        : parts
            .onLane(() -> parts.uses().mailbox(target.account(), place.use().get()))
            .thenCompose(
                found ->
                    store(
                        found.orElseGet(() -> new MailboxName(place.mailbox())),
                        place.create(),
                        flags,
                        header));
  }

  private CompletableFuture<LocalOutcome> store(
      MailboxName mailbox, boolean create, Flags flags, Optional<EditedHeader> header) {
    if (done.contains(mailbox)) {
      return CompletableFuture.completedFuture(ok());
    }
    boolean first = !stored;
    stored = true;
    var own = first ? id : id.derive("fileinto " + mailbox);
    var body = MailboxDelivery.withTrace(envelope, target, Bodies.with(header, mail.body()));
    return parts
        .plain()
        .store(own, target, mailbox, flags, body)
        .thenCompose(
            answer ->
                isMissing(answer)
                    ? elsewhere(own, mailbox, create, flags, body)
                    : told(mailbox, answer))
        .thenCompose(answer -> first ? settled(own, answer) : further(own, answer));
  }

  private CompletableFuture<StoreAnswer<Appended>> told(
      MailboxName mailbox, StoreAnswer<Appended> answer) {
    if (answer instanceof StoreAnswer.Done<Appended>) {
      done.add(mailbox);
    }
    return CompletableFuture.completedFuture(answer);
  }

  private static boolean isMissing(StoreAnswer<Appended> answer) {
    return answer instanceof StoreAnswer.Refused<Appended>(var why)
        && why == Refusal.NO_SUCH_MAILBOX;
  }

  /** The mailbox is made if it may be; else INBOX takes the mail, under the same id. */
  private CompletableFuture<StoreAnswer<Appended>> elsewhere(
      QueueId own, MailboxName mailbox, boolean create, Flags flags, MessageBody body) {
    if (!create) {
      return inbox(own, mailbox, flags, body);
    }
    return parts
        .store()
        .create(target.account(), mailbox)
        .thenCompose(_ -> parts.plain().store(own, target, mailbox, flags, body))
        .thenCompose(
            answer -> isMissing(answer) ? inbox(own, mailbox, flags, body) : told(mailbox, answer));
  }

  private CompletableFuture<StoreAnswer<Appended>> inbox(
      QueueId own, MailboxName missing, Flags flags, MessageBody body) {
    LOG.info("{} {}: no mailbox {}, kept in INBOX", own, target.account(), missing);
    if (!done.add(MailboxName.INBOX)) {
      return CompletableFuture.completedFuture(StoreAnswer.done(new Appended(0, 0, 0, true)));
    }
    return parts.plain().store(own, target, MailboxName.INBOX, flags, body);
  }

  /**
   * The first store decides. If it is a repeat, the mail may lie elsewhere than the script now
   * says: that mailbox must not get it a second time under another id.
   */
  private CompletableFuture<LocalOutcome> settled(QueueId own, StoreAnswer<Appended> answer) {
    var outcome = parts.plain().outcome(own, target, answer);
    if (!(answer instanceof StoreAnswer.Done<Appended>(var appended)) || !appended.repeated()) {
      return CompletableFuture.completedFuture(outcome);
    }
    return parts
        .onLane(() -> parts.store().find(target.account(), appended.mailboxId()))
        .thenApply(
            found -> {
              done.clear();
              found.map(MailboxInfo::name).ifPresent(done::add);
              return outcome;
            });
  }

  /** The mail has a place already: what the store refuses of the others is no reason to fail. */
  private CompletableFuture<LocalOutcome> further(QueueId own, StoreAnswer<Appended> answer) {
    return CompletableFuture.completedFuture(
        switch (answer) {
          case StoreAnswer.Done<Appended> _, StoreAnswer.Unavailable<Appended> _ ->
              parts.plain().outcome(own, target, answer);
          case StoreAnswer.Refused<Appended>(var why) -> {
            LOG.warn("{} {}: a further copy was refused: {}", id, target.account(), why);
            yield ok();
          }
        });
  }

  private CompletableFuture<LocalOutcome> redirect(
      org.malleposte.mail.EmailAddress to, Optional<EditedHeader> header) {
    var loop = loop(to.toString());
    if (loop.isPresent()) {
      return kept("not redirected to " + to + ": " + loop.get());
    }
    var own = id.derive("redirect " + to.toString().toLowerCase(Locale.ROOT));
    String fields =
        ReplyWriter.received(parts.host(), own, context.now())
            + ReplyWriter.REDIRECTED
            + ": "
            + target.original()
            + "\r\n";
    LOG.info("{} {}: redirected to {} as {}", id, target.account(), to, own);
    return parts
        .ownMail()
        .send(
            own,
            context.from(),
            to,
            envelope.smtpUtf8(),
            Bodies.behind(fields, Bodies.with(header, mail.body())))
        .thenCompose(sending -> sent(sending, "redirect to " + to));
  }

  private CompletableFuture<LocalOutcome> sent(Sending sending, String what) {
    return switch (sending) {
      case Sending.Sent _ -> CompletableFuture.completedFuture(ok());
      case Sending.Later(var detail) ->
          CompletableFuture.completedFuture(new LocalOutcome.Deferred(LATER, what + ": " + detail));
      case Sending.Never(var detail) -> kept(what + " is refused: " + detail);
    };
  }

  /** What cannot be sent on is kept, unless it is somewhere already. */
  private CompletableFuture<LocalOutcome> kept(String why) {
    LOG.warn("{} {}: {}", id, target.account(), why);
    return stored
        ? CompletableFuture.completedFuture(ok())
        : store(MailboxName.INBOX, false, Flags.NONE, Optional.empty());
  }

  private Optional<String> loop(String to) {
    var fields = mail.header();
    if (names(fields.all(ReplyWriter.REDIRECTED).toList(), target.original().toString())) {
      return Optional.of("it has been redirected from here before");
    }
    if (names(fields.all("Delivered-To").toList(), to)) {
      return Optional.of("it has been there before");
    }
    return fields.all("Received").count() >= parts.hopsMax()
        ? Optional.of("too many hops")
        : Optional.empty();
  }

  private static boolean names(List<HeaderField> fields, String address) {
    return fields.stream().anyMatch(field -> field.value().strip().equalsIgnoreCase(address));
  }

  private CompletableFuture<LocalOutcome> reply(SieveAction.Reply reply) {
    var account = target.account();
    return onLane(
        () -> {
          if (!parts.memory().mayAnswer(account, reply.key(), context.now())) {
            return CompletableFuture.completedFuture(ok());
          }
          // Each of a mail's recipients answers for himself.
          var own = id.derive("vacation " + account);
          byte[] bytes =
              ReplyWriter.reply(
                  reply, target.original(), mail.header(), parts.host(), own, context.now());
          return parts
              .ownMail()
              .send(own, ReversePath.NULL, reply.to(), false, new MessageBody.InMemory(bytes))
              .thenCompose(sending -> answered(reply, sending, bytes));
        });
  }

  // An answer that nobody takes is no reason to keep the mail from its owner.
  private CompletableFuture<LocalOutcome> answered(
      SieveAction.Reply reply, Sending sending, byte[] bytes) {
    return switch (sending) {
      case Sending.Later(var detail) ->
          CompletableFuture.completedFuture(
              new LocalOutcome.Deferred(LATER, "vacation: " + detail));
      case Sending.Never(var detail) -> {
        LOG.info("{} {}: no answer to {}: {}", id, target.account(), reply.to(), detail);
        yield CompletableFuture.completedFuture(ok());
      }
      case Sending.Sent _ ->
          onLane(
              () ->
                  parts
                      .memory()
                      .answered(target.account(), reply.key(), id, context.now(), reply.seconds())
                      .thenCompose(_ -> filed(reply, bytes)));
    };
  }

  /** RFC 8580: where it cannot be filed, it is not. */
  private CompletableFuture<LocalOutcome> filed(SieveAction.Reply reply, byte[] bytes) {
    if (reply.copy().isEmpty()) {
      return CompletableFuture.completedFuture(ok());
    }
    var place = reply.copy().get();
    var own = id.derive("fcc");
    var mailbox =
        place
            .use()
            .flatMap(use -> parts.uses().mailbox(target.account(), use))
            .orElseGet(() -> new MailboxName(place.mailbox()));
    CompletableFuture<?> made =
        place.create()
            ? parts.store().create(target.account(), mailbox)
            : CompletableFuture.completedFuture(null);
    return made.thenCompose(
            _ ->
                parts
                    .plain()
                    .store(
                        own, target, mailbox, reply.copyFlags(), new MessageBody.InMemory(bytes)))
        .thenApply(_ -> ok());
  }

  /** For an SMTP reply: printable ASCII, one line. */
  static String oneLine(String reason) {
    var text = new StringBuilder();
    for (String word : new ArrayList<>(List.of(reason.strip().split("\\s+")))) {
      text.append(text.isEmpty() ? "" : " ").append(word.replaceAll("[^\\x21-\\x7e]", "?"));
    }
    String line = text.isEmpty() ? "refused by the recipient" : text.toString();
    return line.substring(0, Math.min(line.length(), REPLY_MAX_CHARACTERS));
  }
}
