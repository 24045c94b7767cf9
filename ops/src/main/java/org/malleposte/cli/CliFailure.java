package org.malleposte.cli;

/** A command that ends with a sentence on stderr and an exit status. */
public final class CliFailure extends Exception {
  private static final long serialVersionUID = 1;
  private final int status;

  public CliFailure(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
