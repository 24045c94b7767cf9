package org.malleposte.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.account.PasswdFile;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.ConfigProblem.Severity;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.Origin;
import org.malleposte.config.QuotaRule;
import org.malleposte.config.SendmailKeys;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.routing.AccountNames;
import org.malleposte.tables.McFile;
import org.malleposte.tables.OwnHost;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableCopies;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TableProblem;
import org.malleposte.tables.TableSet;
import org.malleposte.tables.TableSource;

/**
 * The files that a configuration names, as a node would read them now.
 *
 * @param problems of all of them, in one form
 */
record MailFiles(
    TableSet tables, McFile sendmail, PasswdFile accounts, List<ConfigProblem> problems) {
  MailFiles {
    problems = List.copyOf(problems);
  }

  /** Blocks. */
  static MailFiles read(NodeConfig config) {
    var problems = new ArrayList<ConfigProblem>();
    PasswdFile accounts = accounts(config.mail().accounts(), problems);
    AccountNames names = name -> accounts.credential(name).isPresent();
    TableLoader.Loaded loaded =
        new TableLoader(
                OwnHost.named(config.node().name().value()),
                SendmailKeys.applied(),
                name -> names.find(name).isPresent())
            .load(source(config));
    loaded.problems().forEach(problem -> problems.add(problem(problem)));
    return new MailFiles(loaded.tables(), loaded.mc(), accounts, problems);
  }

  static TableSource source(NodeConfig config) {
    return new TableSource(config.mail().tables(), config.mail().aliases());
  }

  /** As a node has it: only a secondary of a cluster looks at what primaries publish. Blocks. */
  static PublishedView published(NodeConfig config) {
    if (config.node().role() == Role.PRIMARY || config.cluster().isAlone()) {
      return new PublishedView.Unneeded();
    }
    Path copies = config.node().tablesDirectory();
    return Files.isDirectory(copies)
        ? new TableCopies(copies).lastKnown()
        : new PublishedView.Awaited();
  }

  boolean hasErrors() {
    return problems.stream().anyMatch(ConfigProblem::isError);
  }

  private static PasswdFile accounts(Path path, List<ConfigProblem> problems) {
    try {
      PasswdFile file = PasswdFile.read(path);
      file.problems().forEach(problem -> problems.add(problem(problem)));
      file.entries().forEach(entry -> quota(path, entry, problems));
      return file;
    } catch (IOException e) {
      problems.add(
          new ConfigProblem(
              Severity.ERROR,
              new Origin.InFile(path.toString(), 1),
              "cannot be read: " + e.getMessage(),
              "check that it is a file, and its permissions"));
      return PasswdFile.EMPTY;
    }
  }

  private static void quota(Path path, PasswdFile.Entry entry, List<ConfigProblem> problems) {
    entry
        .extraFields()
        .forEach(
            (name, value) -> {
              try {
                if (name.startsWith("userdb_quota_rule")) {
                  QuotaRule.parse(value);
                }
              } catch (IllegalArgumentException | ArithmeticException e) {
                problems.add(
                    new ConfigProblem(
                        Severity.WARNING,
                        new Origin.InFile(path.toString(), 1),
                        name + " of " + entry.name() + ": " + e.getMessage(),
                        "write it as *:storage=1G"));
              }
            });
  }

  static ConfigProblem problem(TableProblem problem) {
    return new ConfigProblem(
        problem.isError() ? Severity.ERROR : Severity.WARNING,
        new Origin.InFile(problem.file(), Math.max(1, problem.line())),
        problem.what(),
        problem.remedy());
  }

  private static ConfigProblem problem(PasswdFile.Problem problem) {
    return new ConfigProblem(
        problem.fatal() ? Severity.ERROR : Severity.WARNING,
        new Origin.InFile(problem.file(), Math.max(1, problem.line())),
        problem.what(),
        problem.remedy());
  }
}
