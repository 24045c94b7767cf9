package org.malleposte.tables;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the tables of a node lie.
 *
 * @param directory {@code mail.tables}: access, local-host-names, relay-domains, virtusertable,
 *     sendmail.mc
 * @param aliases {@code mail.aliases}
 */
public record TableSource(Path directory, Path aliases) {
  public TableSource {
    Objects.requireNonNull(directory);
    Objects.requireNonNull(aliases);
  }
}
