package org.malleposte.tables;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.malleposte.mail.Domain;

/**
 * How long large tables take to load, and a lookup in them: {@code TableBench DIRECTORY ENTRIES}
 * writes a table of each kind, loads it, and prints a line.
 */
final class TableBench {
  /** Of one measurement. */
  static final int LOOKUPS = 1_000_000;

  /** What became of one table. */
  record Figures(String table, int entries, Duration load, long nanosALookup) {
    @Override
    public String toString() {
      return "%s of %d entries: loaded in %d ms, %d ns a lookup"
          .formatted(table, entries, load.toMillis(), nanosALookup);
    }

    static Figures parse(String line) {
      String[] words = line.split("\\s+");
      return new Figures(
          words[0],
          Integer.parseInt(words[2]),
          Duration.ofMillis(Long.parseLong(words[6])),
          Long.parseLong(words[8]));
    }
  }

  /**
   * A kind of table.
   *
   * @param line of the file, by number
   * @param find looks an entry up
   */
  private record Kind(String file, IntFunction<String> line, Finder find) {}

  private interface Finder {
    IntPredicate in(TableSet tables);
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "aliases",
              i -> "user" + i + ": account" + i % 5000,
              t -> i -> t.aliases().find("user" + i).isPresent()),
          new Kind(
              "virtusertable",
              i -> "user" + i + "@domain" + i % 1000 + ".example\tuser" + i,
              t ->
                  i ->
                      t.virtUsers()
                          .find("user" + i, Domain.of("domain" + i % 1000 + ".example"))
                          .isPresent()),
          new Kind(
              "access",
              i -> "From:sender" + i + "@spam" + i + ".example\tREJECT",
              t ->
                  i ->
                      t.access()
                          .full(
                              AccessTable.Tag.FROM,
                              AccessTable.Untagged.COUNTS,
                              "sender" + i,
                              "spam" + i + ".example")
                          .isPresent()),
          new Kind(
              "relay-domains",
              i -> "relay" + i + ".example",
              t ->
                  i -> t.relayDomains().domain(Domain.of("a.relay" + i + ".example")).isPresent()));

  private TableBench() {}

  /** Writes, loads, measures. */
  static List<Figures> run(Path directory, int entries) throws IOException {
    var figures = new ArrayList<Figures>();
    for (Kind kind : KINDS) {
      Path tables = Files.createDirectories(directory.resolve(kind.file + entries));
      try (var out = new PrintWriter(Files.newBufferedWriter(tables.resolve(kind.file)))) {
        for (int i = 0; i < entries; i++) {
          out.println(kind.line.apply(i));
        }
      }
      figures.add(measure(kind, tables, entries));
    }
    return figures;
  }

  private static Figures measure(Kind kind, Path tables, int entries) {
    long start = System.nanoTime();
    TableLoader.Loaded loaded =
        new TableLoader(OwnHost.named("mx.example.com"), Map.of())
            .load(new TableSource(tables, tables.resolve("aliases")));
    Duration load = Duration.ofNanos(System.nanoTime() - start);
    if (!loaded.problems().isEmpty()) {
      throw new IllegalStateException(loaded.problems().toString());
    }
    IntPredicate find = kind.find.in(loaded.tables());
    lookUp(find, entries); // compiles
    long before = System.nanoTime();
    lookUp(find, entries);
    return new Figures(kind.file, entries, load, (System.nanoTime() - before) / LOOKUPS);
  }

  private static void lookUp(IntPredicate find, int entries) {
    var random = new Random(1);
    for (int i = 0; i < LOOKUPS; i++) {
      int entry = random.nextInt(entries);
      if (!find.test(entry)) {
        throw new IllegalStateException("entry " + entry + " is lost");
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    for (String entries : List.of(arguments).subList(1, arguments.length)) {
      run(directory, Integer.parseInt(entries)).forEach(System.out::println);
    }
  }
}
