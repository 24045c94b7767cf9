package org.malleposte.dovecot;

import java.util.Optional;

/**
 * {@code key = value}.
 *
 * @param value with its quotes taken off and its variables put in; of {@code key = <file} the path
 * @param source how the value was given
 */
public record DovecotSetting(String key, String value, Source source, DovecotPlace place) {
  /** What stands behind the equals sign. */
  public enum Source {
    TEXT,
    /** The name of a file whose content is the value. */
    FILE
  }

  public boolean isFile() {
    return source == Source.FILE;
  }

  /** The file whose content is meant; empty when the value itself is. */
  public Optional<String> file() {
    return isFile() ? Optional.of(value) : Optional.empty();
  }

  /** As {@code doveconf} writes it. */
  public String written() {
    return (isFile() ? "<" : "") + value;
  }
}
