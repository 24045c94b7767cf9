package org.malleposte;

import ch.qos.logback.classic.LoggerContext;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.malleposte.cli.ExitStatus;
import org.malleposte.cli.NodeRunner;
import org.malleposte.config.NodeConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code serve}: a node from its start to the signal that ends it. */
final class ServingNode implements NodeRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ServingNode.class);

  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock;

  ServingNode(PrintStream out, PrintStream err, InstantSource clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  @Override
  public int run(NodeConfig config) {
    try {
      var node = Node.start(config, clock);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node), "drain"));
      out.println("ready " + config.node().name());
      out.flush();
      new CountDownLatch(1).await(); // until the signal
      return ExitStatus.OK;
    } catch (StartException e) {
      err.println("malleposte: " + e.getMessage());
      LOG.debug("start failed", e);
      return ExitStatus.CONFIG;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitStatus.OK;
    }
  }

  // A signal that was obeyed is success (0), not the JVM's 143.
  private static void end(Node node) {
    node.stop();
    // Last: what waits to be written is. A hook of the logger's own would end it while we stop.
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
      log.stop();
    }
    Runtime.getRuntime().halt(ExitStatus.OK);
  }
}
