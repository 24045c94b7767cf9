package org.malleposte.reload;

import java.util.List;

/** What one node reads again. */
@FunctionalInterface
public interface LocalReload {
  /** How reading ended; nothing has changed yet. */
  sealed interface Prepared {
    /**
     * It can be put in force.
     *
     * @param warnings with file and line
     */
    record Ready(List<String> warnings, Switch change) implements Prepared {
      public Ready {
        warnings = List.copyOf(warnings);
      }
    }

    /**
     * @param mistakes with file and line; not empty
     */
    record Mistaken(List<String> mistakes) implements Prepared {
      public Mistaken {
        mistakes = List.copyOf(mistakes);
      }
    }
  }

  /** Puts what was read in force. Blocks. */
  @FunctionalInterface
  interface Switch {
    Switched now();
  }

  /**
   * @param what is in force now, a line each
   * @param warnings of what stayed as it was
   */
  record Switched(List<String> what, List<String> warnings) {
    public Switched {
      what = List.copyOf(what);
      warnings = List.copyOf(warnings);
    }
  }

  /** Reads all files. Blocks. */
  Prepared prepare();
}
