package org.malleposte.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.config.YamlDocument.RawValue;
import org.malleposte.dovecot.DovecotFile;
import org.malleposte.dovecot.DovecotProblem;
import org.malleposte.dovecot.DovecotReader;

/**
 * {@code dovecot.conf} as a source of values: what it says counts for a key that is set neither in
 * the configuration file or the environment nor in {@code sendmail.mc}.
 */
final class DovecotKeys {
  /**
   * @param notes on each of its lines
   */
  record Read(Map<String, RawValue> values, List<DovecotNote> notes) {
    static final Read NOTHING = new Read(Map.of(), List.of());
  }

  private DovecotKeys() {}

  /**
   * Blocks.
   *
   * @param directory {@code mail.dovecot}; without a file in it nothing is read
   * @param given where a key, by its path, is set elsewhere
   * @param problems those found are added
   */
  static Read read(
      Path directory, Function<String, Optional<Origin>> given, List<ConfigProblem> problems) {
    Path path = directory.resolve("dovecot.conf");
    if (!Files.exists(path)) {
      return Read.NOTHING;
    }
    DovecotFile file = DovecotReader.read(path);
    file.problems().forEach(p -> problems.add(problem(p)));
    if (file.problems().stream().anyMatch(DovecotProblem::isError)) {
      return Read.NOTHING;
    }
    var taking = new DovecotTaking(file, given, problems);
    new DovecotTls(taking).take();
    new DovecotRules(taking).take();
    new DovecotPasswords(taking).take();
    new DovecotListeners(taking).take();
    new DovecotNamespaces(taking).take();
    new DovecotQuota(taking).take();
    new DovecotLeftovers(taking).explain();
    List<String> files = file.files().stream().map(Path::toString).toList();
    List<DovecotNote> notes =
        taking.notes().stream()
            .sorted(
                Comparator.<DovecotNote>comparingInt(n -> order(files, n.place().file()))
                    .thenComparingInt(n -> n.place().line()))
            .toList();
    return new Read(taking.values(), notes);
  }

  /** Files that only a section names come last. */
  private static int order(List<String> files, String file) {
    int at = files.indexOf(file);
    return at < 0 ? files.size() : at;
  }

  private static ConfigProblem problem(DovecotProblem problem) {
    Origin where = DovecotTaking.at(problem.place());
    return problem.isError()
        ? ConfigProblem.error(where, problem.what(), problem.remedy())
        : ConfigProblem.warning(where, problem.what(), problem.remedy());
  }
}
