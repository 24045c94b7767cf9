package org.malleposte.tables;

import java.util.Objects;

/**
 * An entry as it stands in a file.
 *
 * @param file the short name, such as {@code access}
 * @param line from 1; 0 when no file says it (the host's own name)
 * @param key in lower case
 * @param value what stands right of the key; empty in a list of names
 */
public record TableLine(String file, int line, String key, String value) {
  public TableLine {
    Objects.requireNonNull(file);
    Objects.requireNonNull(key);
    Objects.requireNonNull(value);
  }

  /** Key and value as evidence. */
  public String text() {
    return value.isEmpty() ? key : key + " " + value;
  }
}
