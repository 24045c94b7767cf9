package org.malleposte.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableSet;

/**
 * Whose tables say where a recipient goes: a primary's, where they call its domain local, else this
 * node's own. One question, then done.
 */
final class Worlds {
  private final RoutingWorld own;
  private final PublishedView view;
  private final List<RoutingWorld> primaries;

  Worlds(TableSet tables, AccountNames accounts, PublishedView view) {
    this.own = new RoutingWorld(tables, accounts);
    this.view = view;
    this.primaries =
        switch (view) {
          case PublishedView.Unneeded _, PublishedView.Awaited _ -> List.of();
          case PublishedView.Known(var known) ->
              known.stream().map(published -> RoutingWorld.of(published, accounts)).toList();
        };
  }

  /**
   * The primaries that serve this recipient's domain; empty when it is this node's own affair. Each
   * host's own names are its own.
   */
  List<RoutingWorld> primariesFor(EmailAddress recipient) {
    AddressText address = new Canonicalizer(own.tables()).canonical(AddressText.of(recipient));
    return address
        .domain()
        .filter(domain -> !own.tables().localHostNames().isOwn(domain))
        .map(this::serving)
        .orElse(List.of());
  }

  private List<RoutingWorld> serving(Domain domain) {
    return primaries.stream().filter(primary -> primary.serves(domain)).toList();
  }

  /** Where the recipient goes. */
  RoutingDecision expand(EmailAddress recipient) {
    List<RoutingWorld> serving = primariesFor(recipient);
    if (serving.isEmpty()) {
      return awaited(recipient).orElseGet(() -> expandIn(own, recipient));
    }
    // Primaries should agree; if they do not, whoever knows the user is right.
    var decisions = new ArrayList<RoutingDecision>();
    for (RoutingWorld primary : serving) {
      RoutingDecision decision = expandIn(primary, recipient);
      if (!(decision instanceof RoutingDecision.Refuse)) {
        return decision;
      }
      decisions.add(decision);
    }
    return decisions.getFirst();
  }

  private RoutingDecision expandIn(RoutingWorld world, EmailAddress recipient) {
    Resolved start = new AddressResolver(world.tables()).resolve(AddressText.of(recipient));
    return new AliasExpansion(recipient, this::primaryOf).expand(world, start);
  }

  private Optional<RoutingWorld> primaryOf(Domain domain) {
    return serving(domain).stream().findFirst();
  }

  /**
   * Before any primary has published, nobody here knows who exists in the domains that we relay
   * for: what we took, we might have to bounce to a forged sender.
   */
  private Optional<RoutingDecision> awaited(EmailAddress recipient) {
    if (!(view instanceof PublishedView.Awaited)) {
      return Optional.empty();
    }
    AddressText address = new Canonicalizer(own.tables()).canonical(AddressText.of(recipient));
    return address
        .domain()
        .filter(domain -> !own.serves(domain))
        .flatMap(domain -> new RecipientRules(own.tables()).relayLine(domain))
        .map(line -> Replies.refuse(Replies.NOT_PUBLISHED, List.of(Replies.evidence(line))));
  }
}
