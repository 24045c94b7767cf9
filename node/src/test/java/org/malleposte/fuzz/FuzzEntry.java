package org.malleposte.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer calls, in a process of its own. The targets are named by the property {@value
 * #TARGETS}; where there are several, the first byte of an input says which.
 */
public final class FuzzEntry {
  static final String TARGETS = "fuzz.targets";

  private static List<FuzzTarget> targets = List.of();

  private FuzzEntry() {}

  /** Called once, by name. */
  public static void fuzzerInitialize() {
    targets =
        Arrays.stream(System.getProperty(TARGETS).split(",")).map(FuzzTargets::named).toList();
  }

  /** Called for each input, by name. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    if (targets.size() == 1) {
      targets.getFirst().body().run(data);
    } else if (data.length > 0) {
      targets.get((data[0] & 0xff) % targets.size()).body().run(Fuzz.rest(data));
    }
  }
}
