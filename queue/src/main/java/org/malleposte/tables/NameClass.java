package org.malleposte.tables;

import java.util.Locale;
import java.util.Optional;

/**
 * A class of names, such as sendmail's {@code $=w} and {@code $=R}: what files and {@code
 * sendmail.mc} list. Immutable; safe for all threads.
 */
final class NameClass {
  private final LineTable listed;
  private final LineTable added;

  /**
   * @param listed the file's names
   * @param added names from elsewhere
   */
  NameClass(LineTable listed, LineTable added) {
    this.listed = listed;
    this.added = added;
  }

  LineTable listed() {
    return listed;
  }

  LineTable added() {
    return added;
  }

  /** The very name ({@code $=x}). */
  Optional<TableLine> exact(String name) {
    return added.find(name).or(() -> listed.find(name));
  }

  /** The name, or what it ends with, whole labels only ({@code $* $=x}). */
  Optional<TableLine> suffix(String name) {
    Optional<TableLine> hit = exact(name);
    for (int dot = name.indexOf('.'); hit.isEmpty() && dot >= 0; dot = name.indexOf('.', dot + 1)) {
      String rest = name.substring(dot);
      // A name listed with a leading dot stands for what is below it only.
      hit = dot > 0 ? exact(rest).or(() -> exact(rest.substring(1))) : exact(rest.substring(1));
    }
    return hit;
  }

  /** The address, or what it begins with, whole parts only ({@code $=x $*}). */
  Optional<TableLine> prefix(String address) {
    String key = address.toLowerCase(Locale.ROOT);
    Optional<TableLine> hit = exact(key);
    for (int end = key.length() - 1; hit.isEmpty() && end > 0; end--) {
      char c = key.charAt(end);
      if (c == '.' || c == ':') {
        String head = key.substring(0, end);
        hit = exact(key.substring(0, end + 1)).or(() -> exact(head));
      }
    }
    return hit;
  }
}
