package org.malleposte.dovecot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.malleposte.dovecot.DovecotFile.Overridden;
import org.malleposte.dovecot.DovecotLine.Assign;
import org.malleposte.dovecot.DovecotLine.AssignFile;
import org.malleposte.dovecot.DovecotLine.AssignVariable;
import org.malleposte.dovecot.DovecotLine.Begin;
import org.malleposte.dovecot.DovecotLine.End;
import org.malleposte.dovecot.DovecotLine.Include;
import org.malleposte.dovecot.DovecotLine.Malformed;
import org.malleposte.dovecot.DovecotSetting.Source;

/** Reads a configuration file and what it includes, in the order in which Dovecot does. One use. */
public final class DovecotReader {
  static final int INCLUDE_DEPTH_MAX = 16;
  static final int FILES_MAX = 1000;
  static final int FILE_BYTES_MAX = 1 << 20;
  static final int LINES_MAX = 100_000;
  static final int SECTION_DEPTH_MAX = 16;
  static final int EXPANDED_CHARACTERS_MAX = 64 << 10;

  /** Sections that stand for a connection, and cannot be in each other in any order. */
  private static final Set<String> FILTERS = Set.of("local", "remote", "local_name");

  private final DovecotSection root;
  private final List<Overridden> overridden = new ArrayList<>();
  private final List<DovecotProblem> problems = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final Deque<DovecotSection> open = new ArrayDeque<>();
  private int lines;

  private DovecotReader(Path file) {
    root = new DovecotSection("", "", new DovecotPlace(file.toString(), 1));
    open.push(root);
  }

  /** Reads {@code file}; one that cannot be read is a problem. Blocks. */
  public static DovecotFile read(Path file) {
    var reader = new DovecotReader(file);
    reader.include(file, reader.root.place(), 0);
    return reader.result();
  }

  /** Reads text that is no file, and includes relative to the working directory. */
  public static DovecotFile parse(String name, String text) {
    var reader = new DovecotReader(Path.of(name));
    reader.lines(Path.of(name), text, 0);
    return reader.result();
  }

  /** Without a look at variables, of which the list of all defaults has none that are meant. */
  static DovecotFile raw(String text) {
    return parse("defaults", text.replace("$", ""));
  }

  private DovecotFile result() {
    return new DovecotFile(root, overridden, problems, files);
  }

  private void include(Path file, DovecotPlace from, int depth) {
    if (depth > INCLUDE_DEPTH_MAX || files.size() >= FILES_MAX) {
      error(from, "too many files include each other", "see which one includes itself");
      return;
    }
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        error(from, file + " is over " + FILE_BYTES_MAX + " bytes", "is it the right file?");
        return;
      }
      // Any encoding: what is not ASCII stands in comments or in text that is shown as it is.
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      files.add(file);
      lines(file, text, depth);
    } catch (NoSuchFileException _) {
      error(from, "no file " + file, "create it, or remove the line that names it");
    } catch (IOException e) {
      error(from, file + " cannot be read: " + e.getMessage(), "see its permissions");
    }
  }

  private void lines(Path file, String text, int depth) {
    var parser = new DovecotLineParser();
    int outside = open.size();
    int number = 0;
    for (String written : text.split("\r?\n", -1)) {
      var place = new DovecotPlace(file.toString(), ++number);
      if (++lines > LINES_MAX) {
        error(place, "over " + LINES_MAX + " lines", "split what does not belong together");
        return;
      }
      Optional<DovecotLine> line = parser.next(written);
      if (parser.isAmbiguous()) {
        problems.add(
            new DovecotProblem(
                place,
                false,
                "what stands behind # is a comment",
                "add a blank before it, or put the value in quotes"));
      }
      if (parser.hasLost()) {
        problems.add(
            new DovecotProblem(
                place,
                false,
                "the line above ends in a backslash and is not continued: Dovecot forgets it",
                "remove this line, or the backslash"));
      }
      line.ifPresent(l -> act(l, place, file, depth));
    }
    while (open.size() > outside) {
      DovecotSection left = open.pop();
      error(left.place(), left + " has no end", "write the missing }");
    }
  }

  private void act(DovecotLine line, DovecotPlace place, Path file, int depth) {
    switch (line) {
      case Assign(var key, var value) -> set(key, value, Source.TEXT, place);
      case AssignFile(var key, var path) -> set(key, path, Source.FILE, place);
      case AssignVariable(var key, var value) ->
          set(key, expand(key, value, place), Source.TEXT, place);
      case Begin(var type, var name) -> begin(type, name, place);
      case End() -> {
        if (open.size() == 1) {
          error(place, "'}' without a section", "remove it");
        } else {
          open.pop();
        }
      }
      case Include(var pattern, boolean mayLack) -> include(pattern, mayLack, file, place, depth);
      case Malformed(var what, var remedy) -> error(place, what, remedy);
    }
  }

  private void set(String key, String value, Source source, DovecotPlace place) {
    var setting = new DovecotSetting(key, value, source, place);
    open.peek().put(setting).ifPresent(before -> overridden.add(new Overridden(before, place)));
  }

  private void begin(String type, String name, DovecotPlace place) {
    if (open.size() > SECTION_DEPTH_MAX) {
      error(place, "over " + SECTION_DEPTH_MAX + " sections in each other", "close some with }");
      open.push(new DovecotSection(type, name, place)); // for its own end
      return;
    }
    if (FILTERS.contains(type) && open.stream().anyMatch(s -> s.type().equals("protocol"))) {
      error(
          place,
          type + " cannot be within protocol",
          "put the protocol section into " + type + " instead");
    }
    open.push(open.peek().begin(type, name, place));
  }

  private void include(String pattern, boolean mayLack, Path file, DovecotPlace place, int depth) {
    Path directory = file.toAbsolutePath().getParent();
    List<Path> found;
    try {
      found = matches(directory.resolve(pattern).normalize());
    } catch (IOException | IllegalArgumentException e) {
      error(place, pattern + " cannot be looked at: " + e.getMessage(), "see its permissions");
      return;
    }
    if (found.isEmpty() && !mayLack) {
      error(place, "nothing matches " + pattern, "create it, or write !include_try");
    }
    for (Path one : found) {
      if (mayLack && !Files.isReadable(one)) {
        problems.add(
            new DovecotProblem(place, false, one + " cannot be read", "see its permissions"));
      } else {
        include(one, place, depth + 1);
      }
    }
  }

  /** The files that match, by name, as glob(3) sorts them; a wildcard takes no hidden ones. */
  private static List<Path> matches(Path pattern) throws IOException {
    List<Path> found = List.of(pattern.getRoot());
    for (Path step : pattern) {
      var next = new ArrayList<Path>();
      for (Path directory : found) {
        next.addAll(step(directory, step.toString()));
      }
      found = next;
    }
    return found.stream().filter(Files::isRegularFile).limit(FILES_MAX).toList();
  }

  private static List<Path> step(Path directory, String name) throws IOException {
    if (name.chars().noneMatch(c -> "*?[".indexOf(c) >= 0)) {
      Path only = directory.resolve(name);
      return Files.exists(only) ? List.of(only) : List.of();
    }
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    var matcher =
        FileSystems.getDefault()
            .getPathMatcher("glob:" + name.replace("{", "\\{").replace("}", "\\}"));
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(f -> name.startsWith(".") || !f.getFileName().toString().startsWith("."))
          .filter(f -> matcher.matches(f.getFileName()))
          .sorted()
          .toList();
    }
  }

  /** Each word that is a dollar sign and a name becomes what that setting is now. */
  private String expand(String key, String value, DovecotPlace place) {
    var expanded = new ArrayList<String>();
    for (String word : value.split("\\s+")) {
      if (!word.startsWith("$") || word.startsWith("$ENV:")) {
        expanded.add(word);
        continue;
      }
      String name = word.substring(word.startsWith("$SET:") ? "$SET:".length() : 1);
      Optional<String> known = now(name);
      if (known.isEmpty() && !DovecotNames.isKnown(name)) {
        error(place, key + ": there is no setting " + word, "see the name, or put it in quotes");
      }
      expanded.add(known.orElseGet(() -> DovecotNames.byDefault(name).orElse("")));
    }
    String text = String.join(" ", expanded);
    if (text.length() > EXPANDED_CHARACTERS_MAX) {
      error(place, key + " is over " + EXPANDED_CHARACTERS_MAX + " characters", "shorten it");
      return "";
    }
    return text;
  }

  private Optional<String> now(String name) {
    return open.stream()
        .flatMap(section -> section.setting(name).stream())
        .map(DovecotSetting::value)
        .findFirst();
  }

  private void error(DovecotPlace place, String what, String remedy) {
    problems.add(new DovecotProblem(place, true, what, remedy));
  }
}
