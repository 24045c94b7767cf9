package org.malleposte.tables;

import java.util.Locale;
import java.util.Optional;

/**
 * {@code access}: who may send, to whom, and who may relay. The searches are those of sendmail's
 * rulesets of the same letters (cf/m4/proto.m4).
 *
 * <p>Immutable; safe for all threads.
 */
public final class AccessTable {
  /** What a key speaks of; it stands before the key with a colon. */
  public enum Tag {
    CONNECT("connect:"),
    FROM("from:"),
    TO("to:"),
    SPAM("spam:"),
    GREET_PAUSE("greetpause:"),
    CLIENT_RATE("clientrate:"),
    CLIENT_CONNECTIONS("clientconn:");

    private final String prefix;

    Tag(String prefix) {
      this.prefix = prefix;
    }
  }

  /** Whether keys without a tag count. */
  public enum Untagged {
    COUNTS,
    IGNORED
  }

  /** What was found, and where it stands. */
  public record Hit(AccessAction action, TableLine line) {}

  /**
   * The options of {@code FEATURE(access_db)}.
   *
   * @param skip SKIP ends a search
   * @param lookUpDotDomain {@code .example.org} stands for all below it
   * @param relayToFullAddress {@code To:user@domain RELAY} relays
   */
  public record Options(boolean skip, boolean lookUpDotDomain, boolean relayToFullAddress) {}

  private final LineTable lines;
  private final Options options;

  public AccessTable(LineTable lines, Options options) {
    this.lines = lines;
    this.options = options;
  }

  public LineTable lines() {
    return lines;
  }

  public Options options() {
    return options;
  }

  /** The key and nothing else (ruleset E). */
  public Optional<Hit> exact(Tag tag, Untagged untagged, String key) {
    Optional<TableLine> line = lines.find(tag.prefix + key);
    if (line.isEmpty() && untagged == Untagged.COUNTS) {
      line = lines.find(key);
    }
    return line.map(found -> new Hit(AccessAction.parse(found.value()), found));
  }

  /** A host or domain name, then its parents; {@code [1.2.3.4]}, then its nets (ruleset D). */
  public Optional<Hit> domain(Tag tag, Untagged untagged, String name) {
    for (Optional<String> rest = Optional.of(name); rest.isPresent(); ) {
      String key = rest.get();
      Optional<Hit> hit = exact(tag, untagged, key);
      int dot = key.indexOf('.');
      if (hit.isEmpty() && options.lookUpDotDomain && dot > 0 && dot < key.length() - 1) {
        hit = exact(tag, untagged, key.substring(dot));
      }
      if (hit.isPresent()) {
        return unlessSkipped(hit);
      }
      rest = key.startsWith("[") ? parentOfLiteral(key) : parentOfName(key, dot);
    }
    return Optional.empty();
  }

  /**
   * An address, then its nets (ruleset A).
   *
   * @param address as {@link IpText} writes it
   */
  public Optional<Hit> address(Tag tag, Untagged untagged, String address) {
    for (Optional<String> rest = Optional.of(address); rest.isPresent(); ) {
      Optional<Hit> hit = exact(tag, untagged, rest.get());
      if (hit.isPresent()) {
        return unlessSkipped(hit);
      }
      rest = parentOfAddress(rest.get());
    }
    return Optional.empty();
  }

  /** {@code user+detail@domain}, {@code user+*@domain}, {@code user@domain} (ruleset F). */
  public Optional<Hit> full(Tag tag, Untagged untagged, String localPart, String domain) {
    return withDetail(tag, untagged, localPart, "@" + domain);
  }

  /** {@code user+detail@}, {@code user+*@}, {@code user@} (ruleset U). */
  public Optional<Hit> user(Tag tag, Untagged untagged, String localPart) {
    return withDetail(tag, untagged, localPart, "@");
  }

  private Optional<Hit> withDetail(Tag tag, Untagged untagged, String localPart, String end) {
    Optional<Hit> hit = exact(tag, untagged, localPart + end);
    int plus = localPart.indexOf('+', 1);
    if (hit.isPresent() || plus < 0) {
      return hit;
    }
    String user = localPart.substring(0, plus);
    return exact(tag, untagged, user + "+*" + end).or(() -> exact(tag, untagged, user + end));
  }

  private Optional<Hit> unlessSkipped(Optional<Hit> hit) {
    return options.skip ? hit.filter(h -> !(h.action() instanceof AccessAction.Skip)) : hit;
  }

  private static Optional<String> parentOfName(String name, int dot) {
    return dot > 0 && dot < name.length() - 1
        ? Optional.of(name.substring(dot + 1))
        : Optional.empty();
  }

  private static Optional<String> parentOfLiteral(String literal) {
    return parentOfAddress(literal.substring(1, literal.length() - 1)).map(net -> "[" + net + "]");
  }

  private static Optional<String> parentOfAddress(String address) {
    boolean six = address.toLowerCase(Locale.ROOT).startsWith("ipv6:");
    int cut = address.lastIndexOf(six ? ':' : '.');
    return cut > 0 ? Optional.of(address.substring(0, cut)) : Optional.empty();
  }
}
