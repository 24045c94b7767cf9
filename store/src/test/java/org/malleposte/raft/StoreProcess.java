package org.malleposte.raft;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.malleposte.link.ClusterView.Role;

/** A {@link StoreProcessMain} as its test sees it. */
final class StoreProcess implements AutoCloseable {
  private final Process process;
  private final PrintStream commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Consumer<String> acked;

  StoreProcess(
      String name,
      Role role,
      Path directory,
      int raftPort,
      int founders,
      Map<String, Integer> links,
      Consumer<String> acked)
      throws IOException {
    this.acked = acked;
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile="
                    + System.getProperty("logback.configurationFile", "logback-test.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcessMain.class.getName(),
                name,
                role.name(),
                directory.resolve(name).toString(),
                Integer.toString(raftPort),
                Integer.toString(founders)));
    links.forEach((node, port) -> command.add(node + "=" + port));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("out-" + name).start(this::read);
  }

  private void read() {
    try (var in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("acked ")) {
          acked.accept(line.substring("acked ".length()));
        } else if (!line.startsWith("unknown ")) {
          answers.add(line);
        }
      }
    } catch (IOException e) {
      // SIGKILL closes the pipe in the middle of a line.
      answers.add("gone " + e);
    }
  }

  void tell(String command) {
    commands.println(command);
  }

  /** The next answer that begins with {@code kind}, without that. */
  String await(String kind) throws InterruptedException {
    for (String line; (line = answers.poll(60, TimeUnit.SECONDS)) != null; ) {
      if (line.equals(kind) || line.startsWith(kind + " ")) {
        return line.substring(kind.length()).strip();
      }
    }
    throw new AssertionError("no answer: " + kind);
  }

  String ask(String command) throws InterruptedException {
    tell(command);
    return await(command.split(" ")[0]);
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void suspend() {
    signal("-STOP");
  }

  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill " + signal + ": " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
