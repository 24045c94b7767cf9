package org.malleposte.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One node as a process of its own: the program that a postmaster runs, started with {@code serve},
 * so that it can be killed as a machine dies. Not thread-safe.
 */
public final class NodeProcess {
  /** Signals as {@code kill(1)} names them. */
  public enum Signal {
    KILL,
    STOP,
    CONT,
    TERM
  }

  private final Path config;
  private final Path log;
  private final List<String> jvmOptions;
  private Optional<Process> process = Optional.empty();
  private CompletableFuture<Void> ready = new CompletableFuture<>();

  /**
   * @param log gets the node's standard error, appended over restarts
   * @param jvmOptions for its JVM, such as {@code -Xmx256m}
   */
  public NodeProcess(Path config, Path log, List<String> jvmOptions) {
    this.config = config;
    this.log = log;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /** Starts it with the JDK and the class path of this process; does not wait. */
  public void start() throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            a ->
                a.startsWith("--enable-native-access")
                    || a.startsWith("--sun-misc")
                    || a.startsWith("-XX:AOTCache=")
                    // The cache was made with these.
                    || a.startsWith("-XX:+Use")
                    || a.startsWith("-Djava.library.path=")
                    || a.startsWith("-Xlog:"))
        .forEach(command::add);
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "org.malleposte.Main",
            "serve",
            "--config",
            config.toString()));
    var started =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
    process = Optional.of(started);
    ready = new CompletableFuture<>();
    var signal = ready;
    Thread.ofVirtual().name("stdout-" + config.getFileName()).start(() -> watch(started, signal));
  }

  private void watch(Process started, CompletableFuture<Void> signal) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready ")) {
          signal.complete(null);
        }
      }
      signal.completeExceptionally(
          new IOException("the node ended before it was ready; see " + log));
    } catch (IOException e) {
      signal.completeExceptionally(e);
    }
  }

  /** Waits for its line {@code ready NAME}. */
  public void awaitReady(Duration limit) throws IOException, InterruptedException {
    try {
      ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("not ready within " + limit.toSeconds() + " s; see " + log, e);
    }
  }

  public boolean isReady() {
    return ready.isDone() && !ready.isCompletedExceptionally();
  }

  public boolean isAlive() {
    return process.map(Process::isAlive).orElse(false);
  }

  public Optional<Long> pid() {
    return process.filter(Process::isAlive).map(Process::pid);
  }

  /** Sends a signal; after KILL and TERM waits for the end. */
  public void signal(Signal signal) throws IOException, InterruptedException {
    if (!isAlive()) {
      return;
    }
    var running = process.orElseThrow();
    int status =
        new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("cannot send SIG" + signal + " to " + running.pid());
    }
    if (signal == Signal.KILL || signal == Signal.TERM) {
      if (!running.waitFor(60, TimeUnit.SECONDS)) {
        throw new IOException("still alive a minute after SIG" + signal + ": " + running.pid());
      }
    }
  }

  /** Its exit status, once it has ended. */
  public Optional<Integer> exitStatus() {
    return process.filter(p -> !p.isAlive()).map(Process::exitValue);
  }

  public Path log() {
    return log;
  }
}
