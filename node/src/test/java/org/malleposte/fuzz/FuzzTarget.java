package org.malleposte.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A parser, and what must be true of it for any bytes. Anything thrown is a find; what the parser
 * may throw is caught by the target itself.
 *
 * @param name also the directory of its corpus, {@code src/test/resources/fuzz/<name>}
 * @param seeds bytes to begin with, beside the corpus
 */
public record FuzzTarget(String name, Body body, Supplier<List<byte[]>> seeds) {
  /** Takes one input; deterministic. */
  @FunctionalInterface
  public interface Body {
    void run(byte[] data) throws Exception;
  }

  public FuzzTarget {
    Objects.requireNonNull(body);
    Objects.requireNonNull(seeds);
    if (!name.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException("not a target's name: " + name);
    }
  }

  /**
   * @param seeds one character a byte
   */
  public static FuzzTarget of(String name, Body body, String... seeds) {
    return new FuzzTarget(
        name,
        body,
        () -> Arrays.stream(seeds).map(s -> s.getBytes(StandardCharsets.ISO_8859_1)).toList());
  }

  /** The same with more seeds. */
  public FuzzTarget with(Supplier<List<byte[]>> more) {
    return new FuzzTarget(
        name,
        body,
        () -> {
          var all = new ArrayList<>(seeds.get());
          all.addAll(more.get());
          return all;
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
