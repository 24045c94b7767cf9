package org.malleposte.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** The configuration file, and the little languages of its values. */
public final class ConfigFuzz {
  private ConfigFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
                "config-file",
                ConfigFuzz::file,
                "node: {name: mx.test, role: secondary}\nsmtp: [{listen: '127.0.0.1:2525'}]\n",
                "queue:\n  lifetime: 5d\n  strict: true\nfailover: {promote-after: never}\n",
                "a: &a [*a]\n",
                "- 1\n--- \n!!x y")
            .with(() -> Fuzz.files("../ops/src/test/resources/config", ".yaml")),
        FuzzTarget.of(
            "config-values",
            ConfigFuzz::values,
            "127.0.0.1:25",
            "[::1]:25",
            "10.0.0.0/8",
            "5d",
            "4h30m",
            "25 MiB"));
  }

  private static void file(byte[] data) throws IOException {
    Path directory = Files.createTempDirectory("config");
    Path file = directory.resolve("m.yaml");
    try {
      Files.write(file, data);
      switch (new ConfigLoader(Map.of()).load(file)) {
        case ConfigResult.Loaded(var _, var effective, var problems) -> {
          problems.forEach(ConfigFuzz::problem);
          Files.writeString(file, effective.toYaml());
          switch (new ConfigLoader(Map.of()).load(file)) {
            case ConfigResult.Loaded(var _, var again, var _) ->
                Fuzz.same(effective.toMap(), again.toMap(), "what it came to, loaded again");
            case ConfigResult.Refused(var why) ->
                throw new AssertionError("its own effective configuration: " + why);
          }
        }
        case ConfigResult.Refused(var problems) -> {
          Fuzz.check(problems.stream().anyMatch(ConfigProblem::isError), "refused for nothing");
          problems.forEach(ConfigFuzz::problem);
        }
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
  }

  private static void problem(ConfigProblem problem) {
    Fuzz.check(!problem.what().isBlank() && !problem.remedy().isBlank(), "says nothing");
    Fuzz.check(problem.toString().lines().count() == 1, "not a line: " + problem);
  }

  private static void values(byte[] data) {
    String text = Fuzz.utf8(data);
    try {
      var address = HostPort.parse(text);
      Fuzz.same(address, HostPort.parse(address.toString()), "address");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      var block = AddressBlock.parse(text);
      Fuzz.same(block, AddressBlock.parse(block.toString()), "block");
      Fuzz.check(block.contains(block.network()), "its own network");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      var duration = Quantities.duration(text);
      Fuzz.same(duration, Quantities.duration(Quantities.show(duration)), "duration");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      long size = Quantities.size(text);
      Fuzz.check(size >= 0, "negative size");
      Fuzz.same(size, Quantities.size(Quantities.showSize(size)), "size");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
  }
}
