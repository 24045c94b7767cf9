package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.RoutingOptions.DelayChecks;
import org.malleposte.tables.TableSet;

/**
 * The {@link Router} by sendmail's tables. On a secondary, what the primary's published tables call
 * local is resolved with them; who may relay is always this node's own tables' to say.
 *
 * <p>Holds nothing: each question sees the tables in force when it is asked.
 */
public final class TablesRouter implements Router {
  private final Supplier<TableSet> own;
  private final AccountNames accounts;
  private final Supplier<PublishedView> published;

  /**
   * @param own this node's tables in force; another set after a reload
   * @param accounts who exists, by this node's accounts and the directory's
   * @param published what is known of the primaries' tables; never waits
   */
  public TablesRouter(
      Supplier<TableSet> own, AccountNames accounts, Supplier<PublishedView> published) {
    this.own = own;
    this.accounts = accounts;
    this.published = published;
  }

  @Override
  public Verdict onConnect(Peer peer) {
    TableSet tables = own.get();
    return delays(tables)
        ? new Verdict.Pass()
        : verdict(new ClientRules(tables).check(ClientName.of(peer)));
  }

  @Override
  public Verdict onSender(Peer peer, ReversePath from) {
    TableSet tables = own.get();
    return delays(tables)
        ? new Verdict.Pass()
        : verdict(new SenderRules(tables).check(ClientName.of(peer), from));
  }

  @Override
  public RoutingDecision onRecipient(Peer peer, ReversePath from, EmailAddress recipient) {
    TableSet tables = own.get();
    var worlds = new Worlds(tables, accounts, published.get());
    List<RoutingWorld> primaries = worlds.primariesFor(recipient);
    if (primaries.isEmpty()
        && new AddressResolver(tables).resolve(AddressText.of(recipient))
            instanceof Resolved.Refused(var reply, var because)) {
      // sendmail parses an address before it checks it: an error of virtusertable comes first.
      return Replies.refuse(reply, because);
    }
    CheckOutcome checked =
        new RecipientChecks(tables)
            .check(ClientName.of(peer), trusted(peer, tables), from, recipient);
    return decide(
        refusedThere(withTrust(checked, peer, tables), primaries, recipient), worlds, recipient);
  }

  @Override
  public RoutingDecision ownMail(EmailAddress recipient) {
    return new Worlds(own.get(), accounts, published.get()).expand(recipient);
  }

  /** Everything at once, for {@code malleposte route}. */
  public Explanation explain(Peer peer, ReversePath from, EmailAddress recipient) {
    return new Explanation(
        onConnect(peer), onSender(peer, from), onRecipient(peer, from, recipient));
  }

  /**
   * A recipient whom the primary's {@code access} refuses is refused here too, or a spammer would
   * only have to ask the secondary.
   */
  private static CheckOutcome refusedThere(
      CheckOutcome here, List<RoutingWorld> primaries, EmailAddress recipient) {
    boolean accepted = here instanceof CheckOutcome.Pass || here instanceof CheckOutcome.Settled;
    if (!accepted || primaries.isEmpty()) {
      return here;
    }
    CheckOutcome there =
        new RecipientRules(primaries.getFirst().tables()).checkRecipient(AddressText.of(recipient));
    return there instanceof CheckOutcome.Pass ? here : there;
  }

  private static RoutingDecision decide(
      CheckOutcome checked, Worlds worlds, EmailAddress recipient) {
    return switch (checked) {
      case CheckOutcome.Refused(var reply, var because) -> Replies.refuse(reply, because);
      case CheckOutcome.Discarded(var because) -> new RoutingDecision.DiscardMail(because);
      case CheckOutcome.Pass(var because) ->
          with(because, Optional.empty(), worlds.expand(recipient));
      case CheckOutcome.Settled(var because) ->
          with(because, Optional.empty(), worlds.expand(recipient));
      case CheckOutcome.Quarantined(var reason, var because) ->
          with(because, Optional.of(reason), worlds.expand(recipient));
    };
  }

  private static RoutingDecision with(
      List<Evidence> first, Optional<String> quarantine, RoutingDecision decision) {
    List<Evidence> because = Replies.and(first, decision.because());
    return switch (decision) {
      case RoutingDecision.Accept(var targets, _) ->
          quarantine.isPresent()
              ? new RoutingDecision.Quarantine(quarantine.get(), targets, because)
              : new RoutingDecision.Accept(targets, because);
      case RoutingDecision.Refuse refuse ->
          new RoutingDecision.Refuse(refuse.code(), refuse.status(), refuse.text(), because);
      case RoutingDecision.Discard _ -> new RoutingDecision.Discard(because);
      case RoutingDecision.DiscardMail _, RoutingDecision.Quarantine _ -> decision;
    };
  }

  /**
   * Who may relay since he has authenticated, by a mechanism that {@code TRUST_AUTH_MECH} names.
   */
  private static Optional<AccountName> trusted(Peer peer, TableSet tables) {
    return peer.account()
        .filter(_ -> peer.mechanism().map(tables.policy().auth()::trusts).orElse(true));
  }

  /** Who may relay by his login may so by a line of {@code sendmail.mc}, if it has one. */
  private static CheckOutcome withTrust(CheckOutcome checked, Peer peer, TableSet tables) {
    return checked instanceof CheckOutcome.Settled(var because) && peer.account().isPresent()
        ? peer.mechanism()
            .flatMap(tables.policy().auth()::trustLine)
            .<CheckOutcome>map(
                line ->
                    new CheckOutcome.Settled(Replies.and(because, List.of(Replies.evidence(line)))))
            .orElse(checked)
        : checked;
  }

  private static boolean delays(TableSet tables) {
    return tables.options().delayChecks() != DelayChecks.OFF;
  }

  private static Verdict verdict(CheckOutcome outcome) {
    return switch (outcome) {
      case CheckOutcome.Pass _, CheckOutcome.Settled _ -> new Verdict.Pass();
      case CheckOutcome.Refused(var reply, var because) ->
          new Verdict.Reject(Replies.refuse(reply, because));
      case CheckOutcome.Discarded(var because) ->
          new Verdict.DiscardAll(new RoutingDecision.DiscardMail(because));
      case CheckOutcome.Quarantined(var reason, var because) ->
          new Verdict.QuarantineAll(reason, because);
    };
  }
}
