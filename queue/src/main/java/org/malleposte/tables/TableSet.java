package org.malleposte.tables;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.malleposte.mail.Domain;
import org.malleposte.tables.AccessTable.Tag;
import org.malleposte.tables.AccessTable.Untagged;

/**
 * All tables of a node, as they were read at one time. Immutable; safe for all threads.
 *
 * @param ownName {@code node.name}: the domain of local addresses that carry none
 * @param ownDomains domains whose hosts {@code relay_entire_domain} lets relay, sendmail's {@code
 *     $=m}
 * @param policy of this node alone
 */
public record TableSet(
    Domain ownName,
    LocalHostNames localHostNames,
    LineTable ownDomains,
    RelayDomains relayDomains,
    AccessTable access,
    VirtUserTable virtUsers,
    AliasTable aliases,
    RoutingOptions options,
    OwnPolicy policy) {
  public TableSet {
    Objects.requireNonNull(ownName);
    Objects.requireNonNull(localHostNames);
    Objects.requireNonNull(ownDomains);
    Objects.requireNonNull(relayDomains);
    Objects.requireNonNull(access);
    Objects.requireNonNull(virtUsers);
    Objects.requireNonNull(aliases);
    Objects.requireNonNull(options);
    Objects.requireNonNull(policy);
  }

  /** The line by which {@code relay_entire_domain} opens this domain. */
  public Optional<TableLine> ownDomain(Domain domain) {
    return options.relayEntireDomain()
        ? new NameClass(ownDomains, LineTable.empty()).suffix(domain.name())
        : Optional.empty();
  }

  /**
   * How many connections this client may open in a minute, by {@code ClientRate:}; 0 is no limit;
   * empty: nothing is said of it.
   *
   * @param address textual
   */
  public OptionalInt clientRate(String address) {
    return policy.clients().rate() ? limit(Tag.CLIENT_RATE, address) : OptionalInt.empty();
  }

  /**
   * How many connections this client may have at once, by {@code ClientConn:}; 0 is no limit;
   * empty: nothing is said of it.
   *
   * @param address textual
   */
  public OptionalInt clientConnections(String address) {
    return policy.clients().connections()
        ? limit(Tag.CLIENT_CONNECTIONS, address)
        : OptionalInt.empty();
  }

  /**
   * How long this client must wait for the greeting, by {@code GreetPause:} or the argument of
   * {@code FEATURE(greet_pause)}; zero: not at all; empty: nothing is said of it.
   *
   * @param address textual
   * @param host its verified name
   */
  public Optional<Duration> greetPause(String address, Optional<String> host) {
    if (!policy.clients().greetPause()) {
      return Optional.empty();
    }
    Optional<String> ip = IpText.of(address);
    Optional<String> name = host.or(() -> ip.map(a -> "[" + a + "]"));
    Optional<AccessTable.Hit> hit =
        name.flatMap(n -> access.domain(Tag.GREET_PAUSE, Untagged.IGNORED, n))
            .or(() -> ip.flatMap(a -> access.address(Tag.GREET_PAUSE, Untagged.IGNORED, a)));
    return hit.map(h -> ClientControl.pause(h.line().value()))
        .orElse(policy.clients().defaultPause());
  }

  /** The address, its nets, then the line with nothing behind the tag. */
  private OptionalInt limit(Tag tag, String address) {
    return IpText.of(address)
        .flatMap(ip -> access.address(tag, Untagged.IGNORED, ip))
        .or(() -> access.exact(tag, Untagged.IGNORED, ""))
        .map(hit -> hit.line().value())
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(Integer::parseInt)
        .map(OptionalInt::of)
        .orElseGet(OptionalInt::empty);
  }
}
