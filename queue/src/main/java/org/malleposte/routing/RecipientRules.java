package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AccessAction;
import org.malleposte.tables.AccessTable;
import org.malleposte.tables.AccessTable.Tag;
import org.malleposte.tables.AccessTable.Untagged;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.TableLine;
import org.malleposte.tables.TableSet;

/**
 * Whether this client may send to this recipient: sendmail's check_rcpt, that is the refused
 * recipients of {@code access} and the relay rules. Nothing else stands between us and an open
 * relay.
 */
final class RecipientRules {
  private final TableSet tables;
  private final Canonicalizer canonicalizer;

  RecipientRules(TableSet tables) {
    this.tables = tables;
    this.canonicalizer = new Canonicalizer(tables);
  }

  CheckOutcome check(ClientName client, Optional<AccountName> account, AddressText recipient) {
    AddressText address = relayPart(recipient);
    CheckOutcome refused = checkRecipient(address);
    if (!(refused instanceof CheckOutcome.Pass)) {
      return refused;
    }
    if (account.isPresent()) {
      // sendmail ends all checks here, also the delayed ones of client and sender.
      return new CheckOutcome.Settled(
          List.of(Replies.rule(account.get() + " has authenticated and may relay")));
    }
    return (refusesLocalPart(address) ? Optional.<Evidence>empty() : relayTo(address))
        .or(() -> relayFrom(client))
        .<CheckOutcome>map(evidence -> new CheckOutcome.Pass(List.of(evidence)))
        .orElseGet(() -> denied(client, address));
  }

  /** {@code FEATURE(nopercenthack, reject)}, {@code FEATURE(nouucp, reject)}. */
  private boolean refusesLocalPart(AddressText address) {
    return tables.policy().refusedCharacters().stream()
        .anyMatch(c -> address.localPart().indexOf(c) >= 0);
  }

  /** The refused recipients of {@code access} alone ({@code blocklist_recipients}). */
  CheckOutcome checkRecipient(AddressText address) {
    if (!tables.options().refuseRecipients()) {
      return CheckOutcome.pass();
    }
    AccessTable access = tables.access();
    String user = address.localPart();
    Optional<Domain> domain = address.domain();
    boolean ours = domain.map(d -> tables.localHostNames().contains(d)).orElse(true);
    return domain
        .flatMap(d -> access.full(Tag.TO, Untagged.COUNTS, user, d.name()))
        .or(() -> ours ? access.user(Tag.TO, Untagged.COUNTS, user) : Optional.empty())
        .or(() -> domain.flatMap(d -> access.domain(Tag.TO, Untagged.COUNTS, d.name())))
        .map(this::outcome)
        .orElseGet(CheckOutcome::pass);
  }

  /** The line by which we relay to this domain for everyone, without our own domains. */
  Optional<TableLine> relayLine(Domain domain) {
    return listedLine(domain).or(() -> relayHit(Tag.TO, domain.name()).map(AccessTable.Hit::line));
  }

  private Optional<TableLine> listedLine(Domain domain) {
    return tables.ownDomain(domain).or(() -> tables.relayDomains().domain(domain));
  }

  /** Looks through hosts that we relay for, to the one where the mail would go in the end. */
  private AddressText relayPart(AddressText recipient) {
    AddressText current = canonicalizer.canonical(recipient);
    for (int i = 0; i < Canonicalizer.MAX_HOSTS && !tables.options().looseRelayCheck(); i++) {
      Optional<Domain> domain = current.domain();
      if (domain.isEmpty()
          || !canonicalizer.namesHost(current.localPart())
          || relayLine(domain.get()).isEmpty()) {
        return current;
      }
      Optional<AddressText> inner = canonicalizer.inner(current.localPart());
      if (inner.isEmpty()) {
        return current;
      }
      current = canonicalizer.canonical(inner.get());
    }
    return current;
  }

  private Optional<Evidence> relayTo(AddressText address) {
    if (address.domain().isEmpty()) {
      return Optional.of(Replies.rule("an address without domain is local"));
    }
    Domain domain = address.domain().get();
    return tables
        .localHostNames()
        .find(domain)
        .or(() -> listedLine(domain))
        .or(() -> accessTo(address.localPart(), domain))
        .map(Replies::evidence);
  }

  private Optional<TableLine> accessTo(String user, Domain domain) {
    Optional<AccessTable.Hit> full =
        tables.access().options().relayToFullAddress()
            ? tables.access().full(Tag.TO, Untagged.COUNTS, user, domain.name())
            : Optional.empty();
    return full.isPresent()
        ? full.filter(hit -> hit.action() instanceof AccessAction.Relay).map(AccessTable.Hit::line)
        : relayHit(Tag.TO, domain.name()).map(AccessTable.Hit::line);
  }

  /** Whether the client may relay: sendmail's Relay_ok. */
  private Optional<Evidence> relayFrom(ClientName client) {
    if (client.isLoopback()) {
      return Optional.of(Replies.rule("this host may relay"));
    }
    Optional<TableLine> byAddress =
        tables
            .relayDomains()
            .address(client.address())
            .or(
                () ->
                    tables
                        .access()
                        .address(Tag.CONNECT, Untagged.COUNTS, client.address())
                        .filter(hit -> hit.action() instanceof AccessAction.Relay)
                        .map(AccessTable.Hit::line))
            .or(() -> tables.localHostNames().find(new Domain(client.literal())));
    return byAddress.or(() -> client.host().flatMap(this::relayFromHost)).map(Replies::evidence);
  }

  private Optional<TableLine> relayFromHost(Domain host) {
    return tables
        .ownDomain(host)
        .or(() -> tables.localHostNames().find(host))
        .or(() -> tables.relayDomains().domain(host))
        .or(() -> relayHit(Tag.CONNECT, host.name()).map(AccessTable.Hit::line));
  }

  private Optional<AccessTable.Hit> relayHit(Tag tag, String name) {
    AccessTable access = tables.access();
    Optional<AccessTable.Hit> hit =
        tables.relayDomains().hostsOnly()
            ? access.exact(tag, Untagged.COUNTS, name)
            : access.domain(tag, Untagged.COUNTS, name);
    return hit.filter(h -> h.action() instanceof AccessAction.Relay);
  }

  private CheckOutcome denied(ClientName client, AddressText address) {
    String why =
        client.host().isPresent()
            ? "Proper authentication required."
            : "IP name lookup failed " + client.literal();
    return new CheckOutcome.Refused(
        tables.options().relayMessage().orElseGet(() -> Replies.relayingDenied(why)),
        List.of(
            Replies.rule(
                "neither local-host-names nor relay-domains nor access opens "
                    + address.domain().map(Domain::name).orElse("")
                    + " or "
                    + client.name())));
  }

  private CheckOutcome outcome(AccessTable.Hit hit) {
    List<Evidence> because = List.of(Replies.evidence(hit.line()));
    return switch (hit.action()) {
      case AccessAction.Ok _, AccessAction.Relay _ -> new CheckOutcome.Pass(because);
      case AccessAction.Reject _ ->
          new CheckOutcome.Refused(
              tables.options().recipientMessage().orElse(Replies.MAILBOX_DISABLED), because);
      case AccessAction.Discard _ -> new CheckOutcome.Discarded(because);
      case AccessAction.Quarantine(var reason) -> new CheckOutcome.Quarantined(reason, because);
      case AccessAction.Refuse(var reply) -> new CheckOutcome.Refused(reply, because);
      case AccessAction.Skip _ ->
          tables.access().options().skip()
              ? new CheckOutcome.Pass(because)
              : Unfit.refuse(hit, because);
      case AccessAction.Friend _, AccessAction.Hater _ -> Unfit.refuse(hit, because);
    };
  }
}
