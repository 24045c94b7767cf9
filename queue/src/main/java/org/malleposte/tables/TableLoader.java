package org.malleposte.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.malleposte.mail.Domain;

/**
 * Reads sendmail's tables from their files. Blocks; safe for several threads.
 *
 * <p>A table with mistakes is still a table: the lines that can be used are used, as with sendmail,
 * and each mistake is told. Whoever reloads decides whether to take it.
 */
public final class TableLoader {
  /** The tables, and what is wrong with them. */
  public record Loaded(TableSet tables, McFile mc, List<TableProblem> problems) {
    public Loaded {
      problems = List.copyOf(problems);
    }

    public boolean hasErrors() {
      return problems.stream().anyMatch(TableProblem::isError);
    }
  }

  private final OwnHost host;
  private final Set<String> applied;
  private final Predicate<String> accountExists;

  /** Where no account is known yet. */
  public TableLoader(OwnHost host, Set<String> applied) {
    this(host, applied, _ -> false);
  }

  /**
   * @param applied names of {@code sendmail.mc} directives, features and settings that the servers
   *     obey; what neither they nor the tables take is a warning
   * @param accountExists asked with lower case names; an account ends a loop of aliases
   */
  public TableLoader(OwnHost host, Set<String> applied, Predicate<String> accountExists) {
    this.host = host;
    this.applied = Set.copyOf(applied);
    this.accountExists = accountExists;
  }

  public Loaded load(TableSource source) {
    var problems = new ArrayList<TableProblem>();
    McFile mc = mc(source.directory().resolve("sendmail.mc"), problems);
    var lists = new McLists(host, mc);
    LocalHostNames localHostNames =
        new LocalHostNames(
            optional(source, "local-host-names", mc, "use_cw_file", problems), lists.ownNames());
    RelayDomains relayDomains =
        new RelayDomains(
            names(source.directory().resolve("relay-domains"), problems),
            lists.relayDomains(),
            mc.hasFeature("relay_hosts_only"));
    var tables =
        new TableSet(
            host.name(),
            localHostNames,
            lists.ownDomains(),
            relayDomains,
            access(source, mc, problems),
            virtUsers(source, mc, lists, problems),
            new AliasReader(source.aliases(), localHostNames, problems).read(),
            RoutingOptions.of(mc));
    problems.addAll(new AliasReview(tables, source.aliases().toString(), accountExists).problems());
    return new Loaded(tables, mc, problems);
  }

  private McFile mc(Path path, List<TableProblem> problems) {
    try {
      long size = Files.size(path);
      if (size > McFile.MAX_CHARACTERS) {
        new TableFile(path, problems).error(0, "too large", "sendmail.mc has some hundred lines");
        return McFile.missing();
      }
      McFile mc = McFile.parse(path.toString(), Files.readString(path), applied);
      problems.addAll(mc.problems());
      return mc;
    } catch (NoSuchFileException e) {
      return McFile.missing();
    } catch (IOException e) {
      new TableFile(path, problems)
          .error(0, "cannot be read: " + e, "check that it is a text file in UTF-8");
      return McFile.missing();
    }
  }

  private static LineTable names(Path path, List<TableProblem> problems) {
    return new NameListReader(new TableFile(path, problems)).read();
  }

  /** A list of names that counts only when {@code sendmail.mc} says so. */
  private static LineTable optional(
      TableSource source, String name, McFile mc, String feature, List<TableProblem> problems) {
    Path path = source.directory().resolve(name);
    return isOn(path, mc, feature, problems) ? names(path, problems) : LineTable.empty();
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

  private static AccessTable access(TableSource source, McFile mc, List<TableProblem> problems) {
    Path path = source.directory().resolve("access");
    List<String> arguments =
        mc.featureArguments("access_db").stream()
            .skip(1)
            .map(a -> a.strip().toLowerCase(Locale.ROOT))
            .toList();
    var options =
        new AccessTable.Options(
            arguments.contains("skip"),
            arguments.contains("lookupdotdomain"),
            arguments.contains("relaytofulladdress"));
    if (!isOn(path, mc, "access_db", problems)) {
      return new AccessTable(LineTable.empty(), options);
    }
    var file = new TableFile(path, problems);
    return new AccessTable(new PairReader(file, new AccessCheck(file, options)).read(), options);
  }

  private static VirtUserTable virtUsers(
      TableSource source, McFile mc, McLists lists, List<TableProblem> problems) {
    Path path = source.directory().resolve("virtusertable");
    LineTable lines = LineTable.empty();
    if (isOn(path, mc, "virtusertable", problems)) {
      var file = new TableFile(path, problems);
      lines = new PairReader(file, new VirtUserCheck(file)).read();
    }
    return new VirtUserTable(
        lines, lists.virtUserDomains(), mc.hasFeature("virtuser_entire_domain"));
  }

  /** The names that {@code sendmail.mc} and the host itself give. */
  private record McLists(OwnHost host, McFile mc) {
    LineTable ownNames() {
      var names = new LineTable.Builder("sendmail.mc");
      names.add(0, host.name().name(), "");
      names.add(0, "localhost", "");
      names.add(0, "[127.0.0.1]", "");
      names.add(0, "[IPv6:0:0:0:0:0:0:0:1]", "");
      for (String address : host.addresses()) {
        IpText.of(address).ifPresent(ip -> names.add(0, "[" + ip + "]", ""));
      }
      mc.setting("confDOMAIN_NAME").map(McLists::domain).ifPresent(n -> names.add(0, n, ""));
      addAll(names, "LOCAL_DOMAIN");
      addAll(names, "Dj");
      return names.build();
    }

    LineTable relayDomains() {
      var names = new LineTable.Builder("sendmail.mc");
      addAll(names, "RELAY_DOMAIN");
      return names.build();
    }

    LineTable virtUserDomains() {
      var names = new LineTable.Builder("sendmail.mc");
      addAll(names, "VIRTUSER_DOMAIN");
      return names.build();
    }

    /** sendmail's {@code $=m}: it comes from the machine's name, which confDOMAIN_NAME hides. */
    LineTable ownDomains() {
      var names = new LineTable.Builder("sendmail.mc");
      addAll(names, "Dm");
      addAll(names, "Cm");
      boolean known = mc.setting("confDOMAIN_NAME").isEmpty();
      Optional<String> ofName =
          known ? Optional.of(host.name()).flatMap(McLists::parent) : Optional.empty();
      host.machineDomain()
          .map(Domain::name)
          .or(() -> ofName)
          .ifPresent(name -> names.add(0, name, ""));
      return names.build();
    }

    private void addAll(LineTable.Builder names, String call) {
      for (McDirective directive : mc.calls(call)) {
        for (String word : directive.argument(0).split("\\s+")) {
          if (!word.isEmpty()) {
            names.add(directive.line(), domain(word), "");
          }
        }
      }
    }

    private static String domain(String word) {
      return IpText.literal(word).toLowerCase(Locale.ROOT);
    }

    private static Optional<String> parent(Domain name) {
      int dot = name.name().indexOf('.');
      return dot < 0 ? Optional.empty() : Optional.of(name.name().substring(dot + 1));
    }
  }
}
