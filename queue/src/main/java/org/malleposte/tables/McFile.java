package org.malleposte.tables;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code sendmail.mc}: what it switches and sets, and what became of each of its lines. Immutable;
 * safe for all threads.
 */
public final class McFile {
  /** Of {@code sendmail.mc}, in characters. */
  public static final int MAX_CHARACTERS = 1 << 20;

  /** {@code include} lines, those of included files too. */
  public static final int MAX_INCLUSIONS = 100;

  /** What is switched on where there is no {@code sendmail.mc}. */
  private static final Map<String, List<String>> DEFAULT_FEATURES =
      Map.of(
          "access_db", List.of("access_db", "", "skip"),
          "blocklist_recipients", List.of("blocklist_recipients"),
          "virtusertable", List.of("virtusertable"),
          "use_cw_file", List.of("use_cw_file"),
          "ratecontrol", List.of("ratecontrol"),
          "conncontrol", List.of("conncontrol"),
          "greet_pause", List.of("greet_pause"));

  private static final Pattern CLASS_LINE = Pattern.compile("C\\{?([A-Za-z]+?)\\}?\\s*(\\S.*)?");
  private static final Pattern MACRO_LINE = Pattern.compile("D([jmw])(\\S+)");

  private final String file;
  private final List<McDirective> directives;
  private final List<TableProblem> problems;
  private final Map<String, List<String>> features;
  private final Map<String, String> settings;
  private final McModel model;

  private McFile(
      String file,
      List<McDirective> directives,
      List<TableProblem> found,
      Map<String, List<String>> features,
      Map<String, String> settings) {
    this.file = file;
    this.directives = List.copyOf(directives);
    this.features = Map.copyOf(features);
    this.settings = Map.copyOf(settings);
    var all = new ArrayList<>(found);
    this.model = McModel.of(file, this, all);
    this.problems = List.copyOf(all);
  }

  /** Where there is no file. */
  public static McFile missing() {
    return new McFile("sendmail.mc", List.of(), List.of(), DEFAULT_FEATURES, Map.of());
  }

  /**
   * @param file for problems
   * @param applied directives and settings that the servers obey, beside what tables and routing
   *     do, by name; the value says how
   */
  public static McFile parse(String file, String text, Map<String, String> applied) {
    return new Parser(file, applied, _ -> Optional.empty()).parse(text);
  }

  /** As problems name it. */
  public String file() {
    return file;
  }

  /**
   * Reads {@code sendmail.mc} of a directory; a missing one counts as {@link #missing}. Blocks.
   *
   * @param applied as in {@link #parse}
   */
  public static McFile load(Path directory, Map<String, String> applied) {
    Path path = directory.resolve("sendmail.mc");
    try {
      if (Files.size(path) > MAX_CHARACTERS) {
        return unusable(path, "too large", "sendmail.mc has some hundred lines");
      }
      var paths = new TablePaths(directory);
      return new Parser(path.toString(), applied, name -> paths.find(name).flatMap(McFile::small))
          .parse(text(path));
    } catch (NoSuchFileException e) {
      return missing();
    } catch (IOException e) {
      return unusable(path, "cannot be read: " + e, "check that it is a text file in UTF-8");
    }
  }

  /** Comments may be in any encoding. */
  private static String text(Path path) throws IOException {
    return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
  }

  /** A file that another includes, if it can be read. */
  private static Optional<String> small(Path path) {
    try {
      return Files.size(path) > MAX_CHARACTERS ? Optional.empty() : Optional.of(text(path));
    } catch (IOException e) {
      return Optional.empty(); // The line that includes it says that it is not read.
    }
  }

  private static McFile unusable(Path path, String what, String remedy) {
    return new McFile(
        path.toString(),
        List.of(),
        List.of(new TableProblem(path.toString(), 0, TableProblem.Severity.ERROR, what, remedy)),
        DEFAULT_FEATURES,
        Map.of());
  }

  /** Each directive with what became of it, in order. */
  public List<McDirective> directives() {
    return directives;
  }

  public List<TableProblem> problems() {
    return problems;
  }

  public boolean hasFeature(String name) {
    return features.containsKey(name);
  }

  /** The arguments of a {@code FEATURE}, after its name. */
  public List<String> featureArguments(String name) {
    List<String> arguments = features.getOrDefault(name, List.of());
    return arguments.subList(Math.min(1, arguments.size()), arguments.size());
  }

  /** The value of a {@code define}, such as {@code confMAX_MESSAGE_SIZE}. */
  public Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  public Map<String, String> settings() {
    return settings;
  }

  /** The line that has {@code define}d this last. */
  public Optional<McDirective> definition(String name) {
    return directives.stream()
        .filter(d -> d.name().equals("define") && d.argument(0).equals(name))
        .reduce((_, last) -> last);
  }

  /** The longer directives as values. */
  public McModel model() {
    return model;
  }

  /** All calls of a macro, such as {@code DAEMON_OPTIONS}. */
  public List<McDirective> calls(String name) {
    return directives.stream().filter(d -> d.name().equals(name)).toList();
  }

  private static final class Parser implements M4Reader.Sink {
    private final String file;
    private final Map<String, String> applied;
    private final Function<String, Optional<String>> files;
    private final List<McDirective> directives = new ArrayList<>();
    private final List<TableProblem> problems = new ArrayList<>();
    private final Map<String, List<String>> features = new LinkedHashMap<>();
    private final Map<String, String> included = new HashMap<>();
    private int inclusions;
    private String section = "LOCAL_CONFIG";

    /**
     * @param files the text of a file that another includes
     */
    Parser(String file, Map<String, String> applied, Function<String, Optional<String>> files) {
      this.file = file;
      this.applied = applied;
      this.files = files;
    }

    /** Its lines count as the one that includes it: there the postmaster finds them. */
    @Override
    public String included(String name) {
      if (++inclusions > MAX_INCLUSIONS) {
        throw new IllegalArgumentException(
            "more than " + MAX_INCLUSIONS + " files are included, or one includes itself");
      }
      return file(name);
    }

    private String file(String name) {
      return McMeanings.isLibrary(name)
          ? ""
          : included.computeIfAbsent(name, n -> files.apply(n).orElse(""));
    }

    McFile parse(String text) {
      var settings = new LinkedHashMap<String, String>();
      var reader = new M4Reader(text, this);
      try {
        reader.read();
        // A value that is expanded may itself define.
        List.copyOf(reader.macros().keySet())
            .forEach(name -> settings.put(name, reader.valueOf(name)));
      } catch (IllegalArgumentException e) {
        problems.add(
            new TableProblem(
                file, 0, TableProblem.Severity.ERROR, e.getMessage(), "look at its define lines"));
      }
      return new McFile(file, directives, problems, features, settings);
    }

    @Override
    public void call(int line, String name, List<String> arguments) {
      String first = arguments.isEmpty() ? "" : arguments.getFirst().strip();
      var directive = new McDirective(line, name, arguments, meaning(name, arguments));
      if (M4Words.isSection(name)) {
        section = name;
      }
      if (name.equals("FEATURE")) {
        features.putIfAbsent(first, arguments);
      }
      add(directive);
    }

    private McDirective.Meaning meaning(String name, List<String> arguments) {
      boolean includes = name.equals("include") || name.equals("sinclude");
      return includes && !file(arguments.getFirst().strip()).isEmpty()
          ? new McDirective.Meaning.Taken("its lines count as this one")
          : McMeanings.of(name, arguments, applied);
    }

    @Override
    public void text(int line, String text) {
      String plain = text.strip();
      if (section.equals("LOCAL_CONFIG")) {
        add(configLine(line, plain));
      } else {
        warn(line, "rules of one's own are not supported: " + plain, "remove them");
      }
    }

    /** A line for {@code sendmail.cf}: classes and macros that name this host are read. */
    private McDirective configLine(int line, String text) {
      Matcher names = CLASS_LINE.matcher(text);
      if (names.matches()) {
        String call =
            switch (names.group(1)) {
              case "w" -> "LOCAL_DOMAIN";
              case "R" -> "RELAY_DOMAIN";
              case "m" -> "Cm";
              case "VirtHost" -> "VIRTUSER_DOMAIN";
              case "M" -> "MASQUERADE_DOMAIN";
              case "N" -> "MASQUERADE_EXCEPTION";
              case "E" -> "EXPOSED_USER";
              default -> "";
            };
        if (!call.isEmpty()) {
          String words = names.group(2) == null ? "" : names.group(2);
          return new McDirective(
              line, call, List.of(words), new McDirective.Meaning.Taken("names read"));
        }
      }
      Matcher macro = MACRO_LINE.matcher(text);
      if (macro.matches()) {
        return new McDirective(
            line,
            "D" + macro.group(1),
            List.of(macro.group(2)),
            new McDirective.Meaning.Taken("name read"));
      }
      return new McDirective(
          line,
          text,
          List.of(),
          new McDirective.Meaning.NotTaken("not understood: " + text, "remove the line"));
    }

    private void add(McDirective directive) {
      directives.add(directive);
      if (directive.meaning() instanceof McDirective.Meaning.NotTaken(var why, var remedy)) {
        warn(directive.line(), why, remedy);
      }
    }

    private void warn(int line, String what, String remedy) {
      problems.add(new TableProblem(file, line, TableProblem.Severity.WARNING, what, remedy));
    }
  }
}
