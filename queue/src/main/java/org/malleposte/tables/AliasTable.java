package org.malleposte.tables;

import java.util.List;
import java.util.Optional;

/**
 * {@code aliases}: from names to users, addresses and lists. Immutable; safe for all threads.
 *
 * <p>What {@code :include:} names is read when the tables are loaded, so that routing never waits
 * for a disk and a secondary can publish it.
 */
public final class AliasTable {
  /** What {@code newaliases} says of a file; a name that comes twice counts twice. */
  public record Statistics(int count, int longestBytes, long totalBytes) {
    static final Statistics NONE = new Statistics(0, 0, 0);

    Statistics plus(int nameBytes, int valueBytes) {
      return new Statistics(
          count + 1, Math.max(longestBytes, valueBytes), totalBytes + nameBytes + valueBytes);
    }
  }

  private final LineTable aliases;
  private final LineTable includes;
  private final List<Statistics> statistics;

  /**
   * @param aliases values are lists of members, as {@link AliasMember#split} cuts them
   * @param includes by path, in the same form; a path that could not be read is missing
   * @param statistics of each file
   */
  public AliasTable(LineTable aliases, LineTable includes, List<Statistics> statistics) {
    this.aliases = aliases;
    this.includes = includes;
    this.statistics = List.copyOf(statistics);
  }

  public LineTable aliases() {
    return aliases;
  }

  public LineTable includes() {
    return includes;
  }

  /** Of each file, in the order of the files; none where they were published. */
  public List<Statistics> statistics() {
    return statistics;
  }

  /**
   * The alias for a user: {@code user+detail}, then {@code user+*}, then {@code user}, which is
   * what sendmail's ruleset 5 comes to.
   */
  public Optional<TableLine> find(String user) {
    Optional<TableLine> whole = aliases.find(user);
    int plus = user.indexOf('+', 1);
    if (whole.isPresent() || plus < 0) {
      return whole;
    }
    String name = user.substring(0, plus);
    return aliases.find(name + "+*").or(() -> aliases.find(name));
  }

  /** The list in a file that {@code :include:} names. */
  public Optional<TableLine> include(String path) {
    return includes.find(includeKey(path));
  }

  /** Tables fold case, paths must not: a capital gets a mark. */
  static String includeKey(String path) {
    return AliasMember.INCLUDE + path.replaceAll("([A-Z^])", "^$1");
  }

  public static List<AliasMember> members(TableLine line) {
    return AliasMember.split(line.value()).stream().map(AliasMember::parse).toList();
  }
}
