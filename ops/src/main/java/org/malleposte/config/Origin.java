package org.malleposte.config;

/** Where a value comes from; its text is what a problem's line begins with. */
public sealed interface Origin {
  /**
   * @param file as the user named it
   * @param line from 1
   */
  record InFile(String file, int line) implements Origin {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /** An environment variable. */
  record InEnvironment(String variable) implements Origin {
    @Override
    public String toString() {
      return "environment:" + variable;
    }
  }

  /** Nobody said anything. */
  record ByDefault() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }
}
