package org.malleposte.cli;

import org.malleposte.config.NodeConfig;

/** Runs one node; the command line cannot see the node itself. */
@FunctionalInterface
public interface NodeRunner {
  /**
   * Runs until SIGTERM has drained it. Prints {@code ready NAME} on stdout once its ports are open
   * and it has joined or founded its cluster.
   *
   * @return the process's exit status, one of {@link ExitStatus}
   */
  int run(NodeConfig config);
}
