package org.malleposte.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for aliases that come back to themselves. One that names itself is no loop: it is the user
 * of that name, as with sendmail.
 */
final class AliasReview {
  private final TableSet tables;
  private final String file;
  private final List<TableProblem> problems = new ArrayList<>();

  AliasReview(TableSet tables, String file) {
    this.tables = tables;
    this.file = file;
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
    return !next(line).isEmpty();
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
    List<String> loop =
        new ArrayList<>(stack.subList(start, stack.size()).stream().map(TableLine::key).toList());
    if (loop.size() == 1) {
      return;
    }
    loop.add(again.key());
    problems.add(
        new TableProblem(
            file,
            again.line(),
            TableProblem.Severity.ERROR,
            "aliases form a loop: " + String.join(" -> ", loop),
            "end it at an account, or write \\name where the account of that name is meant"));
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
