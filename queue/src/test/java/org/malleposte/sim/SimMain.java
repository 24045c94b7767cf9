package org.malleposte.sim;

import java.nio.file.Files;

/** Hunts: {@code SimMain FROM TO [story]} runs the seeds and says what each has come to. */
final class SimMain {
  private SimMain() {}

  public static void main(String[] arguments) throws Exception {
    long from = Long.parseLong(arguments[0]);
    long to = Long.parseLong(arguments[1]);
    int bad = 0;
    for (long seed = from; seed <= to; seed++) {
      var simulation = new QueueSimulation(seed, Files.createTempDirectory("sim"));
      long start = System.nanoTime();
      var wrong = simulation.run();
      System.out.printf(
          "seed %d: sent %d, acknowledged %d, alone %d, refused %d (%d there), crashes %d, wipes %d,"
              + " doubled abroad %d, events %d, trace %08x, %d ms%n",
          seed,
          simulation.sent.size(),
          simulation.acknowledged.size(),
          simulation.alone.size(),
          simulation.refused.size(),
          simulation.refusedButThere(),
          simulation.crashes,
          simulation.wipes,
          simulation.doubledAbroad(),
          simulation.world.events(),
          simulation.cluster.trace.hashCode(),
          (System.nanoTime() - start) / 1_000_000);
      if (!wrong.isEmpty()) {
        bad++;
        wrong.stream()
            .filter(w -> !w.startsWith("lost") || wrong.indexOf(w) < 3)
            .forEach(w -> System.out.println("  WRONG " + w));
        if (arguments.length > 2) {
          System.out.println(
              simulation.story(wrong.getFirst().replaceAll(".*?([0-9A-Z]{26}).*", "$1")));
        }
      }
    }
    System.out.println(bad + " bad");
  }
}
