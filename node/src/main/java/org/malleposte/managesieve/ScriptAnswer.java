package org.malleposte.managesieve;

import java.util.List;
import java.util.Optional;

/** How a command about scripts ended. */
sealed interface ScriptAnswer {
  record Entry(String name, boolean active) {}

  /**
   * @param code such as {@code WARNINGS}
   */
  record Done(Optional<String> code, String text) implements ScriptAnswer {
    static final Done PLAIN = new Done(Optional.empty(), "");
  }

  record Listed(List<Entry> scripts) implements ScriptAnswer {
    public Listed {
      scripts = List.copyOf(scripts);
    }
  }

  record Script(byte[] text) implements ScriptAnswer {}

  /**
   * @param code such as {@code NONEXISTENT} (RFC 5804 §1.3); empty: none fits
   */
  record Refused(Optional<String> code, String text) implements ScriptAnswer {}
}
