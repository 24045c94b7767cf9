package org.malleposte.tables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A table being read: its lines one by one, and what is wrong with them. Blocks; one thread. */
final class TableFile {
  /** Of one line, in characters. */
  static final int MAX_LINE_CHARACTERS = 1 << 20;

  /** Of one file; a table that is wrong as a whole must not fill memory with complaints. */
  static final int MAX_PROBLEMS = 1000;

  /** Takes one line, numbered from 1. */
  interface LineReader {
    void line(int number, String text);
  }

  private final Path path;
  private final List<TableProblem> problems;
  private int reported;

  TableFile(Path path, List<TableProblem> problems) {
    this.path = path;
    this.problems = problems;
  }

  /** The short name, for evidence. */
  String name() {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }

  /**
   * Reads all lines. A missing file counts as empty; one that cannot be read is a problem.
   *
   * @return whether there is such a file
   */
  boolean read(LineReader reader) {
    try (var in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8), 1 << 16)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (line.length() > MAX_LINE_CHARACTERS) {
          error(number, "line over " + MAX_LINE_CHARACTERS + " characters", "cut it");
        } else {
          reader.line(number, line);
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      error(0, "cannot be read: " + e, "check that it is a file, and its permissions");
      return false;
    }
  }

  /** Says what is wrong with each of {@code names} that does not exist beside this file. */
  void error(int line, String what, String remedy) {
    report(new TableProblem(path.toString(), line, TableProblem.Severity.ERROR, what, remedy));
  }

  void warn(int line, String what, String remedy) {
    report(new TableProblem(path.toString(), line, TableProblem.Severity.WARNING, what, remedy));
  }

  private void report(TableProblem problem) {
    reported++;
    if (reported < MAX_PROBLEMS) {
      problems.add(problem);
    } else if (reported == MAX_PROBLEMS) {
      problems.add(
          new TableProblem(
              path.toString(),
              0,
              TableProblem.Severity.ERROR,
              "more than " + MAX_PROBLEMS + " problems, the rest is not shown",
              "mend these first"));
    }
  }

  static boolean isComment(String line) {
    return line.isBlank() || line.startsWith("#");
  }

  static String sorted(Set<String> names) {
    return String.join(", ", new TreeSet<>(names));
  }
}
