package org.malleposte.tables;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads sendmail's tables from their files. Blocks; safe for several threads.
 *
 * <p>A table with mistakes is still a table: the lines that can be used are used, as with sendmail,
 * and each mistake is told. Whoever reloads decides whether to take it.
 */
public final class TableLoader {
  /**
   * The tables, and what is wrong with them.
   *
   * @param masquerade how our addresses look to other hosts
   */
  public record Loaded(
      TableSet tables, Masquerade masquerade, McFile mc, List<TableProblem> problems) {
    public Loaded {
      problems = List.copyOf(problems);
    }

    public boolean hasErrors() {
      return problems.stream().anyMatch(TableProblem::isError);
    }
  }

  private final OwnHost host;
  private final Map<String, String> applied;
  private final Predicate<String> accountExists;

  /** Where no account is known yet. */
  public TableLoader(OwnHost host, Map<String, String> applied) {
    this(host, applied, _ -> false);
  }

  /**
   * @param applied {@code sendmail.mc} directives, features and settings that the servers obey, by
   *     name, and how; what neither they nor the tables take is a warning
   * @param accountExists asked with lower case names; an account ends a loop of aliases
   */
  public TableLoader(OwnHost host, Map<String, String> applied, Predicate<String> accountExists) {
    this.host = host;
    this.applied = Map.copyOf(applied);
    this.accountExists = accountExists;
  }

  public Loaded load(TableSource source) {
    var problems = new ArrayList<TableProblem>();
    McFile mc = McFile.load(source.directory(), applied);
    problems.addAll(mc.problems());
    var paths = new TablePaths(source.directory());
    var lists = new McNames(host, mc, paths, problems);
    LocalHostNames localHostNames =
        new LocalHostNames(localHostNames(paths, mc, problems), lists.ownNames());
    RelayDomains relayDomains =
        new RelayDomains(
            names(paths.find(mc.setting("confCR_FILE"), "relay-domains"), problems),
            lists.relayDomains(),
            mc.hasFeature("relay_hosts_only"));
    var tables =
        new TableSet(
            host.name(),
            localHostNames,
            lists.ownDomains(),
            relayDomains,
            access(paths, mc, problems),
            virtUsers(paths, mc, lists, problems),
            new AliasReader(source, localHostNames, problems).read(),
            RoutingOptions.of(mc),
            OwnPolicy.of(mc));
    problems.addAll(new AliasReview(tables, source, accountExists).problems());
    return new Loaded(tables, lists.masquerade(), mc, problems);
  }

  private static LineTable names(Path path, List<TableProblem> problems) {
    return new NameListReader(new TableFile(path, problems)).read();
  }

  /** They count only when {@code sendmail.mc} says so. */
  private static LineTable localHostNames(
      TablePaths paths, McFile mc, List<TableProblem> problems) {
    Path path = paths.find(mc.setting("confCW_FILE"), "local-host-names");
    return isOn(path, mc, "use_cw_file", problems) ? names(path, problems) : LineTable.empty();
  }

  /** The file of a map, by the first argument of its feature. */
  private static Path map(TablePaths paths, McFile mc, String feature, String byDefault) {
    return paths.find(mc.featureArguments(feature).stream().findFirst(), byDefault);
  }

  private static boolean isOn(Path path, McFile mc, String feature, List<TableProblem> problems) {
    if (!mc.hasFeature(feature) && Files.exists(path)) {
      new TableFile(path, problems)
          .warn(
              0,
              "not used, since sendmail.mc lacks FEATURE(`" + feature + "')",
              "add the feature, or remove the file");
    }
    return mc.hasFeature(feature);
  }

  private static AccessTable access(TablePaths paths, McFile mc, List<TableProblem> problems) {
    Path path = map(paths, mc, "access_db", "access");
    List<String> arguments =
        mc.featureArguments("access_db").stream()
            .skip(1)
            .map(a -> a.strip().toLowerCase(Locale.ROOT))
            .toList();
    var options =
        new AccessTable.Options(
            arguments.contains("skip"),
            arguments.contains("lookupdotdomain") || mc.hasFeature("lookupdotdomain"),
            arguments.contains("relaytofulladdress"));
    if (!isOn(path, mc, "access_db", problems)) {
      return new AccessTable(LineTable.empty(), options);
    }
    var file = new TableFile(path, problems);
    return new AccessTable(
        new PairReader(file, new AccessCheck(file, options, ClientControl.of(mc))).read(), options);
  }

  private static VirtUserTable virtUsers(
      TablePaths paths, McFile mc, McNames lists, List<TableProblem> problems) {
    Path path = map(paths, mc, "virtusertable", "virtusertable");
    LineTable lines = LineTable.empty();
    if (isOn(path, mc, "virtusertable", problems)) {
      var file = new TableFile(path, problems);
      lines = new PairReader(file, new VirtUserCheck(file)).read();
    }
    return new VirtUserTable(
        lines, lists.virtUserDomains(), mc.hasFeature("virtuser_entire_domain"));
  }
}
