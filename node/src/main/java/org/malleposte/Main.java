package org.malleposte;

import java.time.InstantSource;
import org.malleposte.cli.CliContext;
import org.malleposte.cli.Malleposte;
import org.malleposte.demo.Demo;

/** The program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // A client that negotiates anew for ever costs it little and us a core. JSSE reads this when
    // its
    // first class is loaded, and knows no other way to say it.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    var clock = InstantSource.system();
    var context = CliContext.ofProcess();
    boolean terminal = System.console() != null && System.console().isTerminal();
    var demo = new Demo(context.out(), terminal, clock);
    int status =
        Malleposte.run(
            context, new ServingNode(context.out(), context.err(), clock), demo, arguments);
    context.out().flush();
    System.exit(status); // threads of libraries must not keep the process
  }
}
