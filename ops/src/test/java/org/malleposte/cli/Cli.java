package org.malleposte.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Runs commands in this process and keeps what they print. */
final class Cli {
  final Map<String, String> environment = new HashMap<>();
  final Queue<String> typed = new ArrayDeque<>();
  NodeRunner node = _ -> 99;
  DemoRunner demo = _ -> 99;
  String stdin = "";
  private final Path directory;

  record Result(int status, String out, String err) {}

  Cli(Path directory) {
    this.directory = directory;
  }

  Result run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var context =
        new CliContext(
            environment,
            directory,
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            _ -> {
              if (typed.isEmpty()) {
                throw new CliFailure(ExitStatus.USAGE, "no terminal");
              }
              return typed.remove();
            });
    int status = Malleposte.run(context, node, demo, arguments);
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
