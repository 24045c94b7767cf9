package org.malleposte.dovecot;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A {@code dovecot.conf} with all that it includes.
 *
 * @param overridden lines that no longer count, and which ones do instead
 * @param files that were read, in order
 */
public record DovecotFile(
    DovecotSection root,
    List<Overridden> overridden,
    List<DovecotProblem> problems,
    List<Path> files) {
  /** A setting that a later line sets again. */
  public record Overridden(DovecotSetting setting, DovecotPlace by) {}

  public DovecotFile {
    overridden = List.copyOf(overridden);
    problems = List.copyOf(problems);
    files = List.copyOf(files);
  }

  /** Whether it is written for 2.4 or later, which says so itself. */
  public boolean isOfVersion24() {
    return root.setting("dovecot_config_version").filter(s -> !s.value().isEmpty()).isPresent();
  }

  /** The whole file's first line. */
  public DovecotPlace start() {
    return root.place();
  }

  public Optional<DovecotSetting> global(String key) {
    return root.setting(key);
  }
}
