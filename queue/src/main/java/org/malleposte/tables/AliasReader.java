package org.malleposte.tables;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads {@code aliases} and the lists that it includes. Blocks; one thread. */
final class AliasReader {
  /** Of an alias with all its continuation lines, in characters. */
  static final int MAX_VALUE_CHARACTERS = 4 << 20;

  /** How many files {@code :include:} may name in all. */
  static final int MAX_INCLUDES = 10_000;

  private final Path path;
  private final List<TableProblem> problems;
  private final TableFile file;
  private final LocalHostNames localHostNames;
  private final LineTable.Builder aliases;
  private final LineTable.Builder includes;
  private final ArrayDeque<IncludeRequest> wanted = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private final StringBuilder entry = new StringBuilder();
  private AliasTable.Statistics statistics = AliasTable.Statistics.NONE;
  private int entryLine;
  private boolean joined;

  private record IncludeRequest(TableFile from, int line, String path) {}

  AliasReader(Path path, LocalHostNames localHostNames, List<TableProblem> problems) {
    this.path = path;
    this.problems = problems;
    this.localHostNames = localHostNames;
    this.file = new TableFile(path, problems);
    this.aliases = new LineTable.Builder(file.name());
    this.includes = new LineTable.Builder(file.name());
  }

  AliasTable read() {
    file.read(this::line);
    finishEntry();
    while (!wanted.isEmpty()) {
      include(wanted.poll());
    }
    return new AliasTable(aliases.build(), includes.build(), statistics);
  }

  private void line(int number, String text) {
    boolean continues = joined || !text.isEmpty() && Character.isWhitespace(text.charAt(0));
    joined = false;
    if (!continues) {
      finishEntry();
      if (TableFile.isComment(text)) {
        return;
      }
      entryLine = number;
    } else if (text.isBlank()) {
      return;
    } else if (entryLine == 0) {
      file.error(number, "continues nothing", "begin the alias at the beginning of the line");
      return;
    }
    joined = text.endsWith("\\");
    entry.append(joined ? text.substring(0, text.length() - 1) : text);
    if (entry.length() > MAX_VALUE_CHARACTERS) {
      file.error(entryLine, "alias over " + MAX_VALUE_CHARACTERS + " characters", "use :include:");
      entry.setLength(0);
      entryLine = 0;
    }
  }

  private void finishEntry() {
    if (entryLine > 0) {
      entry(entryLine, entry.toString());
    }
    entry.setLength(0);
    entryLine = 0;
  }

  private void entry(int line, String text) {
    int colon = colon(text);
    if (colon < 0) {
      file.error(line, "missing colon in " + shorten(text), "write name: target");
      return;
    }
    String name = name(line, text.substring(0, colon));
    String value = text.substring(colon + 1).strip();
    if (name.isEmpty()) {
      return;
    }
    if (value.isEmpty()) {
      file.error(line, "missing value for alias " + name, "write name: target");
      return;
    }
    if (!AliasMember.isPlainName(value)) {
      members(file, line, value);
    }
    count(text.substring(0, colon).strip(), text.substring(colon + 1).stripLeading());
    if (!aliases.add(line, name, value)) {
      file.warn(
          line,
          "duplicate alias " + name + ", the one in line " + aliases.lineOf(name) + " is lost",
          "join the two");
      aliases.replace(line, name, value);
    }
  }

  /**
   * As sendmail counts: the name without its domain but with its quotes, the value as it stands.
   */
  private void count(String name, String value) {
    int at = name.lastIndexOf('@');
    String local = at > name.lastIndexOf('"') ? name.substring(0, at) : name;
    statistics = statistics.plus(bytes(local), bytes(value));
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private String name(int line, String written) {
    if (AliasMember.isPlainName(written)) {
      return written.toLowerCase(Locale.ROOT);
    }
    try {
      AddressText name = AddressText.parse(written);
      if (name.domain().isPresent() && !localHostNames.contains(name.domain().get())) {
        file.error(
            line,
            "cannot alias " + written.strip() + ", its domain is not local",
            "use virtusertable, or add the domain to local-host-names");
        return "";
      }
      return name.localPart().toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      file.error(line, "illegal alias name " + shorten(written), "quote it, or write one word");
      return "";
    }
  }

  /** The colon that ends the name: one within quotes does not. */
  private static int colon(String text) {
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      if (c == ':' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  private void members(TableFile from, int line, String list) {
    for (String written : AliasMember.split(list)) {
      switch (AliasMember.parse(written)) {
        case AliasMember.Address _, AliasMember.Literally _, AliasMember.Nowhere _ -> {
          // Whether the user exists is seen when all tables are there.
        }
        case AliasMember.Include(var included) -> want(from, line, included);
        case AliasMember.Program(var command) ->
            from.warn(
                line,
                "|" + command + ": programs are never run, mail for it is refused",
                "deliver to an account, and let the program fetch it from there");
        case AliasMember.File(var target) ->
            from.warn(
                line,
                target + ": mail is never written to files, mail for it is refused",
                "deliver to an account");
        case AliasMember.Mistake(var text, var why) ->
            from.error(line, why, "write a user or an address instead of " + text);
      }
    }
  }

  private void want(TableFile from, int line, String included) {
    if (seen.size() >= MAX_INCLUDES) {
      from.error(line, "more than " + MAX_INCLUDES + " included files", "join some");
    } else if (included.isEmpty()) {
      from.error(line, ":include: without a file", "write :include:/path");
    } else if (seen.add(included)) {
      wanted.add(new IncludeRequest(from, line, included));
    }
  }

  private void include(IncludeRequest request) {
    Path list;
    try {
      list = path.toAbsolutePath().resolveSibling(request.path).normalize();
    } catch (InvalidPathException e) {
      request.from.error(
          request.line, ":include: of what cannot be a file", "write :include:/path");
      return;
    }
    var included = new TableFile(list, problems);
    var members = new ArrayList<String>();
    boolean exists =
        included.read(
            (number, text) -> {
              if (!TableFile.isComment(text)) {
                members(included, number, text);
                members.addAll(AliasMember.split(text));
              }
            });
    if (exists) {
      includes.add(request.line, AliasTable.includeKey(request.path), String.join(",", members));
    } else {
      request.from.error(
          request.line,
          ":include:" + request.path + " does not exist",
          "create the file, or remove the alias");
    }
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text.strip() : text.substring(0, 40).strip() + "...";
  }
}
