package org.malleposte.tables;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * {@code MASQUERADE_AS} and its family: which domain an address shows to other hosts. The rules are
 * those of sendmail's ruleset MasqHdr (cf/m4/proto.m4). Immutable; safe for all threads.
 *
 * @param ownName sendmail's {@code $j}: the domain of an address that has none
 * @param as {@code MASQUERADE_AS}, sendmail's {@code $M}
 * @param domains {@code MASQUERADE_DOMAIN}, {@code $=M}
 * @param exceptions {@code MASQUERADE_EXCEPTION}, {@code $=N}
 * @param exposed {@code EXPOSED_USER}, {@code $=E}
 */
public record Masquerade(
    Domain ownName,
    Optional<Domain> as,
    LineTable domains,
    LineTable exceptions,
    LineTable exposed,
    Switches switches) {
  /**
   * @param envelope {@code masquerade_envelope}: the reverse-path too
   * @param recipients {@code allmasquerade}: the fields that name recipients too
   * @param limited {@code limited_masquerade}: only {@code MASQUERADE_DOMAIN}, not our other names
   * @param entireDomain {@code masquerade_entire_domain}: subdomains of these too
   */
  public record Switches(
      boolean envelope, boolean recipients, boolean limited, boolean entireDomain) {}

  public Masquerade {
    Objects.requireNonNull(ownName);
    Objects.requireNonNull(as);
    Objects.requireNonNull(domains);
    Objects.requireNonNull(exceptions);
    Objects.requireNonNull(exposed);
    Objects.requireNonNull(switches);
  }

  /** Where nothing masquerades. */
  public static Masquerade none(Domain ownName) {
    return new Masquerade(
        ownName,
        Optional.empty(),
        LineTable.empty(),
        LineTable.empty(),
        LineTable.empty(),
        new Switches(false, false, false, false));
  }

  public boolean isOn() {
    return as.isPresent();
  }

  /**
   * The domain that an address of a header shows.
   *
   * @param domain empty: an address without one, which is ours
   * @param ours {@code $=w}
   */
  public Domain shown(String localPart, Optional<Domain> domain, LocalHostNames ours) {
    Domain plain = domain.orElse(ownName);
    if (as.isEmpty() || domain.isPresent() && suffix(exceptions, domain.get())) {
      return plain;
    }
    boolean ourOwn =
        domain.isEmpty()
            || isNamed(domain.get())
            || !switches.limited && ours.contains(domain.get());
    if (!ourOwn || exposed.contains(localPart.toLowerCase(Locale.ROOT))) {
      return plain;
    }
    return as.get();
  }

  private boolean isNamed(Domain domain) {
    return switches.entireDomain ? suffix(domains, domain) : domains.contains(domain.name());
  }

  private static boolean suffix(LineTable names, Domain domain) {
    return new NameClass(names, LineTable.empty()).suffix(domain.name()).isPresent();
  }
}
