package org.malleposte.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks for aliases that come back to themselves. One that names itself is no loop: it is the user
 * of that name, as with sendmail; nor is one with an account on its way, which then gets the mail.
 */
final class AliasReview {
  private final TableSet tables;
  private final TableSource source;
  private final Predicate<String> accountExists;
  private final List<TableProblem> problems = new ArrayList<>();

  /**
   * @param accountExists asked with lower case names
   */
  AliasReview(TableSet tables, TableSource source, Predicate<String> accountExists) {
    this.tables = tables;
    this.source = source;
    this.accountExists = accountExists;
  }

  List<TableProblem> problems() {
    var done = new HashMap<String, Boolean>();
    tables
        .aliases()
        .aliases()
        .forEach(
            line -> {
              if (leadsToAliases(line)) {
                follow(line, done);
              }
            });
    return problems;
  }

  private boolean leadsToAliases(TableLine line) {
    // Most aliases name one user; a million of these must not be parsed for this.
    return AliasMember.isPlainName(line.value())
        ? tables.aliases().aliases().contains(line.value())
        : !next(line).isEmpty();
  }

  /** A walk in depth with a stack of its own: aliases may nest as deep as there are lines. */
  private void follow(TableLine start, Map<String, Boolean> done) {
    var stack = new ArrayList<TableLine>();
    var rest = new ArrayList<List<TableLine>>();
    push(start, stack, rest, done);
    while (!stack.isEmpty()) {
      List<TableLine> next = rest.getLast();
      if (next.isEmpty()) {
        done.put(stack.removeLast().key(), true);
        rest.removeLast();
        continue;
      }
      TableLine child = next.removeLast();
      Boolean state = done.get(child.key());
      if (state == null) {
        push(child, stack, rest, done);
      } else if (!state) {
        report(stack, child);
      }
    }
  }

  private void push(
      TableLine line,
      List<TableLine> stack,
      List<List<TableLine>> rest,
      Map<String, Boolean> done) {
    if (done.putIfAbsent(line.key(), false) == null) {
      stack.add(line);
      rest.add(new ArrayList<>(next(line)));
    }
  }

  private void report(List<TableLine> stack, TableLine again) {
    int start = 0;
    while (!stack.get(start).key().equals(again.key())) {
      start++;
    }
    List<TableLine> loop = List.copyOf(stack.subList(start, stack.size()));
    if (loop.size() == 1 || loop.stream().anyMatch(line -> accountExists.test(line.key()))) {
      return;
    }
    boolean lost = loop.stream().noneMatch(line -> leadsOut(line, loop));
    String names = String.join(" -> ", loop.stream().map(TableLine::key).toList());
    problems.add(
        new TableProblem(
            source.aliasPath(again.file()),
            again.line(),
            lost ? TableProblem.Severity.ERROR : TableProblem.Severity.WARNING,
            "aliases form a loop: " + names + " -> " + again.key(),
            "end it at an account, or write \\name where the account of that name is meant"));
  }

  /** Whether an alias of a loop names somebody beside it. */
  private boolean leadsOut(TableLine line, List<TableLine> loop) {
    return AliasTable.members(line).stream()
        .anyMatch(
            member ->
                switch (member) {
                  case AliasMember.Address _, AliasMember.Include _ ->
                      alias(member).filter(loop::contains).isEmpty();
                  case AliasMember.Literally _, AliasMember.Nowhere _ -> true;
                  case AliasMember.Program _, AliasMember.File _, AliasMember.Mistake _ -> false;
                });
  }

  /** The aliases that an alias names. */
  private List<TableLine> next(TableLine line) {
    var aliases = new ArrayList<TableLine>();
    for (AliasMember member : AliasTable.members(line)) {
      alias(member).ifPresent(aliases::add);
    }
    return aliases;
  }

  private Optional<TableLine> alias(AliasMember member) {
    return switch (member) {
      case AliasMember.Address(var address) when isLocal(address) ->
          tables.aliases().find(address.localPart().toLowerCase(Locale.ROOT));
      case AliasMember.Include(var path) -> tables.aliases().include(path);
      case AliasMember.Address _,
          AliasMember.Literally _,
          AliasMember.Program _,
          AliasMember.File _,
          AliasMember.Nowhere _,
          AliasMember.Mistake _ ->
          Optional.empty();
    };
  }

  private boolean isLocal(AddressText address) {
    return address.domain().map(d -> tables.localHostNames().contains(d)).orElse(true);
  }
}
