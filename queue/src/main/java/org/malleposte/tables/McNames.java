package org.malleposte.tables;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.tables.TableProblem.Severity;

/**
 * The names that {@code sendmail.mc}, the files it includes into classes, and the host itself give.
 * Blocks for the files; one thread.
 */
final class McNames {
  private final OwnHost host;
  private final McFile mc;
  private final TablePaths paths;
  private final List<TableProblem> problems;

  McNames(OwnHost host, McFile mc, TablePaths paths, List<TableProblem> problems) {
    this.host = host;
    this.mc = mc;
    this.paths = paths;
    this.problems = problems;
  }

  LineTable ownNames() {
    var names = new LineTable.Builder("sendmail.mc");
    names.add(0, host.name().name(), "");
    names.add(0, "localhost", "");
    names.add(0, "[127.0.0.1]", "");
    names.add(0, "[IPv6:0:0:0:0:0:0:0:1]", "");
    for (String address : host.addresses()) {
      IpText.of(address).ifPresent(ip -> names.add(0, "[" + ip + "]", ""));
    }
    mc.definition("confDOMAIN_NAME")
        .ifPresent(
            line ->
                mc.setting("confDOMAIN_NAME")
                    .ifPresent(name -> names.add(line.line(), domain(name), "")));
    addAll(names, "LOCAL_DOMAIN");
    addAll(names, "Dj");
    return names.build();
  }

  /** sendmail relays to the domains of virtual users too ({@code CR$={VirtHost}} in proto.m4). */
  LineTable relayDomains() {
    var names = new LineTable.Builder("sendmail.mc");
    addAll(names, "RELAY_DOMAIN");
    addAll(names, "VIRTUSER_DOMAIN");
    return names.build();
  }

  LineTable virtUserDomains() {
    return all("VIRTUSER_DOMAIN");
  }

  /** sendmail's {@code $=m}: it comes from the machine's name, which confDOMAIN_NAME hides. */
  LineTable ownDomains() {
    var names = new LineTable.Builder("sendmail.mc");
    addAll(names, "Dm");
    addAll(names, "Cm");
    boolean known = mc.setting("confDOMAIN_NAME").isEmpty();
    Optional<String> ofName =
        known ? Optional.of(host.name()).flatMap(McNames::parent) : Optional.empty();
    host.machineDomain()
        .map(Domain::name)
        .or(() -> ofName)
        .ifPresent(name -> names.add(0, name, ""));
    return names.build();
  }

  Masquerade masquerade() {
    return new Masquerade(
        host.name(),
        masqueradeAs(),
        all("MASQUERADE_DOMAIN"),
        all("MASQUERADE_EXCEPTION"),
        all("EXPOSED_USER"),
        new Masquerade.Switches(
            mc.hasFeature("masquerade_envelope"),
            mc.hasFeature("allmasquerade"),
            mc.hasFeature("limited_masquerade"),
            mc.hasFeature("masquerade_entire_domain")));
  }

  private Optional<Domain> masqueradeAs() {
    List<McDirective> calls = mc.calls("MASQUERADE_AS");
    if (calls.isEmpty() || calls.getLast().argument(0).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Domain.of(calls.getLast().argument(0)));
    } catch (IllegalArgumentException e) {
      problem(calls.getLast(), Severity.ERROR, e.getMessage(), "name a domain");
      return Optional.empty();
    }
  }

  /** What a macro and its sister for a file give. */
  private LineTable all(String call) {
    var names = new LineTable.Builder("sendmail.mc");
    addAll(names, call);
    return names.build();
  }

  private void addAll(LineTable.Builder names, String call) {
    for (McDirective directive : mc.calls(call)) {
      add(names, directive.line(), directive.argument(0));
    }
    for (McDirective directive : mc.calls(call + "_FILE")) {
      Optional<Path> file = paths.find(directive.argument(0));
      if (file.isPresent()) {
        // The line of the directive is the evidence: a table has one file's name.
        new TableFile(file.get(), problems)
            .read(
                (_, text) -> {
                  if (!TableFile.isComment(text.strip())) {
                    add(names, directive.line(), text.strip().split("\\s+")[0]);
                  }
                });
      } else if (!directive.argument(0).startsWith("-o")) {
        problem(
            directive,
            Severity.ERROR,
            directive.argument(0) + " does not exist, here or in mail.tables",
            "create the file, or write -o before it");
      }
    }
  }

  private static void add(LineTable.Builder names, int line, String words) {
    for (String word : words.split("\\s+")) {
      if (!word.isEmpty()) {
        names.add(line, domain(word), "");
      }
    }
  }

  private void problem(McDirective at, Severity severity, String what, String remedy) {
    problems.add(new TableProblem(mc.file(), at.line(), severity, what, remedy));
  }

  private static String domain(String word) {
    return IpText.literal(word).toLowerCase(Locale.ROOT);
  }

  private static Optional<String> parent(Domain name) {
    int dot = name.name().indexOf('.');
    return dot < 0 ? Optional.empty() : Optional.of(name.name().substring(dot + 1));
  }
}
