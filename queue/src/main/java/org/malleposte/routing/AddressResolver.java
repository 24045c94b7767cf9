package org.malleposte.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.TableSet;
import org.malleposte.tables.VirtUserTable;
import org.malleposte.tables.VirtUserTarget;

/**
 * Follows {@code virtusertable} to a local user or to an address elsewhere: sendmail's ruleset 0.
 */
final class AddressResolver {
  /** Entries that lead to entries; sendmail's MAXRULERECURSION. */
  static final int MAX_STEPS = 50;

  private final TableSet tables;
  private final Canonicalizer canonicalizer;

  AddressResolver(TableSet tables) {
    this.tables = tables;
    this.canonicalizer = new Canonicalizer(tables);
  }

  Resolved resolve(AddressText written) {
    var because = new ArrayList<Evidence>();
    AddressText current = canonicalizer.canonical(written);
    for (int step = 0; step < MAX_STEPS; step++) {
      Optional<VirtUserTable.Hit> hit = virtUser(current);
      if (hit.isEmpty()) {
        return end(current, because);
      }
      because.add(Replies.evidence(hit.get().line()));
      switch (VirtUserTarget.parse(hit.get().target())) {
        case VirtUserTarget.Address(var next) -> current = canonicalizer.canonical(next);
        case VirtUserTarget.Refuse(var reply) -> {
          return new Resolved.Refused(reply, because);
        }
        case VirtUserTarget.Nobody(var words) -> {
          because.add(Replies.rule("no user is called " + words));
          return new Resolved.Refused(Replies.USER_UNKNOWN, because);
        }
        case VirtUserTarget.Mistake(var why) -> {
          because.add(Replies.rule(why));
          return new Resolved.Refused(Replies.ROUTE_ADDRESS, because);
        }
      }
    }
    return new Resolved.Refused(Replies.LOOP, because);
  }

  private Optional<VirtUserTable.Hit> virtUser(AddressText address) {
    return address
        .domain()
        .filter(d -> tables.localHostNames().contains(d) || tables.virtUsers().serves(d))
        .flatMap(d -> tables.virtUsers().find(address.localPart(), d));
  }

  private Resolved end(AddressText address, List<Evidence> because) {
    Optional<Domain> domain = address.domain();
    if (domain.isEmpty()) {
      return user(address.localPart(), because);
    }
    return tables
        .localHostNames()
        .find(domain.get())
        .<Resolved>map(
            line -> {
              because.add(Replies.evidence(line));
              return user(address.localPart(), because);
            })
        .orElseGet(
            () ->
                new Resolved.Elsewhere(
                    new EmailAddress(address.localPart(), domain.get()), because));
  }

  /** A user, unless the name still promises a host: {@code user%} and {@code %host}. */
  private Resolved user(String name, List<Evidence> because) {
    if (tables.options().percentHack() && name.endsWith("%")) {
      return new Resolved.Refused(Replies.HOST_REQUIRED, because);
    }
    if (tables.options().percentHack() && name.startsWith("%")) {
      return new Resolved.Refused(Replies.USER_REQUIRED, because);
    }
    return new Resolved.User(name, because);
  }
}
