package org.malleposte.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mail.EmailAddress;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.AliasMember;
import org.malleposte.tables.AliasTable;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableLine;
import org.malleposte.tables.TableProblem;
import org.malleposte.tables.TableProblem.Severity;
import org.malleposte.tables.TableSet;
import org.malleposte.tables.TableSource;

/**
 * Aliases that lead to nobody, seen together with the accounts: for {@code check} and {@code
 * newaliases}. These are warnings, since accounts may come and go without the tables.
 */
public final class AliasAudit {
  /** Of one audit: more is no report. */
  public static final int MAX_PROBLEMS = 1000;

  private static final Set<String> MUST_REACH = Set.of("postmaster", "mailer-daemon");

  private final TableSet tables;
  private final AccountNames accounts;
  private final TableSource source;
  private final List<TableProblem> problems = new ArrayList<>();

  /**
   * @param source where the tables were read from
   */
  public AliasAudit(TableSet tables, AccountNames accounts, TableSource source) {
    this.tables = tables;
    this.accounts = accounts;
    this.source = source;
  }

  public List<TableProblem> problems() {
    problems.clear();
    tables.aliases().aliases().forEach(this::members);
    MUST_REACH.stream().sorted().forEach(this::mustReach);
    return List.copyOf(problems);
  }

  private void members(TableLine line) {
    for (AliasMember member : AliasTable.members(line)) {
      if (member instanceof AliasMember.Address(var address)) {
        unknown(address).ifPresent(user -> deadEnd(line, user));
      } else if (member instanceof AliasMember.Literally(var address)
          && accounts.find(address.localPart()).isEmpty()) {
        deadEnd(line, address.localPart());
      }
    }
  }

  /** The user that an address comes to, if there is none of that name. */
  private Optional<String> unknown(AddressText address) {
    return switch (new AddressResolver(tables).resolve(address)) {
      case Resolved.User(var name, _) ->
          tables.aliases().find(name).isEmpty() && !exists(name)
              ? Optional.of(name)
              : Optional.empty();
      case Resolved.Elsewhere _, Resolved.Refused _ -> Optional.empty();
    };
  }

  private boolean exists(String user) {
    int plus = user.indexOf('+', 1);
    return accounts.find(user).isPresent()
        || plus > 0 && accounts.find(user.substring(0, plus)).isPresent();
  }

  private void deadEnd(TableLine line, String user) {
    warn(
        source.aliasPath(line.file()),
        line.line(),
        "alias " + line.key() + " names " + user + ", which is neither an alias nor an account",
        "add the account, or take the name out");
  }

  private void mustReach(String name) {
    var decision =
        new Worlds(tables, accounts, new PublishedView.Unneeded())
            .expand(new EmailAddress(name, tables.ownName()));
    if (decision instanceof RoutingDecision.Refuse) {
      Optional<TableLine> line = tables.aliases().find(name);
      String first = source.aliases().getFirst().toString();
      warn(
          line.map(l -> source.aliasPath(l.file())).orElse(first),
          line.map(TableLine::line).orElse(0),
          "mail for " + name + " reaches nobody",
          "add the alias " + name + ": and a name");
    }
  }

  private void warn(String file, int line, String what, String remedy) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new TableProblem(file, line, Severity.WARNING, what, remedy));
    }
  }
}
