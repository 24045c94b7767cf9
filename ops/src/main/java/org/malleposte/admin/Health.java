package org.malleposte.admin;

import java.util.List;

/** What an orchestrator asks. Thread-safe; never blocks, not even on a sick disk. */
public interface Health {
  /**
   * Why this process should be killed and started again; empty when it should not. Being unable to
   * serve for lack of others is no reason.
   */
  List<String> deadly();

  /**
   * Why no client should be sent here now, such as "the spool is not open"; empty when ready: ports
   * open, cluster joined, spool usable.
   */
  List<String> unready();
}
