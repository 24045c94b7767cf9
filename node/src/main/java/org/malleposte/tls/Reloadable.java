package org.malleposte.tls;

import java.nio.file.Path;
import java.util.List;

/** Something read from files that can be read again while it is in use. */
public interface Reloadable {
  /** What it was read from; those that are made by ourselves are not in it. */
  List<Path> files();

  /**
   * Reads again. Blocks.
   *
   * @throws TlsFileException when the files cannot be used; what was read before stays in use
   */
  void reload() throws TlsFileException;
}
