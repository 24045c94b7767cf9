package org.malleposte.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** An Exim with configuration, queue and log of its own, in the foreground. */
final class PrivateExim implements AutoCloseable {
  /** Where {@code .ci/get-exim} has put it, from the module's directory. */
  private static final Path UNPACKED = Path.of("target", "exim", "usr", "sbin", "exim4");

  private static final String USER = "Debian-exim";

  private final Path home;
  private final Process process;

  /**
   * Starts it.
   *
   * @param config without the places of its files
   */
  PrivateExim(Path home, int anyPort, String config) throws Exception {
    this.home = home;
    var program = program().orElseThrow().toAbsolutePath();
    for (String name : List.of("spool", "log", "mail")) {
      var directory = Files.createDirectories(home.resolve(name));
      var users = directory.getFileSystem().getUserPrincipalLookupService();
      Files.setOwner(directory, users.lookupPrincipalByName(USER));
    }
    Path file =
        Files.writeString(
            home.resolve("exim.conf"),
            """
            exim_path = %s
            spool_directory = %s/spool
            log_file_path = %s/log/%%slog
            pid_file_path = %s/spool/exim.pid
            exim_user = %s
            exim_group = %s
            """
                    .formatted(program, home, home, home, USER, USER)
                + config);
    process =
        new ProcessBuilder(program.toString(), "-C", file.toString(), "-bdf", "-q2s")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(home.resolve("output").toFile()))
            .start();
    Awaitility.await("Exim at " + anyPort)
        .atMost(Duration.ofSeconds(10))
        .ignoreException(IOException.class)
        .until(
            () -> {
              try (var socket = new Socket("127.0.0.1", anyPort)) {
                return socket.isConnected();
              }
            });
  }

  private static Optional<Path> program() {
    return Optional.ofNullable(System.getenv("MALLEPOSTE_EXIM"))
        .map(Path::of)
        .or(() -> Optional.of(UNPACKED))
        .filter(Files::isExecutable)
        .or(() -> Programs.find("exim4"));
  }

  static void requireInstalled() throws Exception {
    assumeTrue(
        program().isPresent(),
        "no Exim: run .ci/get-exim node/target/exim, or name one in MALLEPOSTE_EXIM");
    Programs.requireRoot("exim4");
    var users = Path.of("/").getFileSystem().getUserPrincipalLookupService();
    try {
      users.lookupPrincipalByName(USER);
    } catch (IOException _) {
      assumeTrue(false, "no user " + USER + ", whom Exim wants to exist");
    }
  }

  Path home() {
    return home;
  }

  String log() throws IOException {
    return Programs.text(home.resolve("log/mainlog"));
  }

  /** What its transport wrote for a user. */
  List<String> maildir(String user) throws IOException {
    return maildir(home.resolve("mail").resolve(user));
  }

  static List<String> maildir(Path directory) throws IOException {
    var mails = new ArrayList<String>();
    Path fresh = directory.resolve("new");
    if (Files.isDirectory(fresh)) {
      try (var files = Files.list(fresh)) {
        for (Path file : files.toList()) {
          mails.add(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return mails;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
    }
  }
}
