package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The distribution's Postfix with configuration, queue and log of its own, on one port. */
final class PrivatePostfix implements AutoCloseable {
  /** From the module's directory, where tests run. */
  private static final Path SCRIPT =
      Path.of("..", "ops", "bench", "private-postfix").toAbsolutePath().normalize();

  private final Path home;

  /** Writes its files; starts nothing. All directories above must be open to all. */
  PrivatePostfix(Path home, int port, String mainCf) throws Exception {
    this.home = home;
    var command = List.of(SCRIPT.toString(), home.toString(), String.valueOf(port));
    Programs.run(home.getParent(), command, mainCf.getBytes(UTF_8)).requireSuccess();
  }

  static void requireInstalled() {
    Programs.require("postfix");
    Programs.requireRoot("postfix");
  }

  /** A client of its own, by whose name {@code transport_maps} choose it. */
  PrivatePostfix client(String name, String program, String... options) throws Exception {
    var entry = new StringBuilder(name + "/unix=" + name + " unix - - n - - " + program);
    for (String option : options) {
      entry.append(" -o ").append(option);
    }
    command("postconf", "-M", entry.toString()).requireSuccess();
    return this;
  }

  PrivatePostfix start() throws Exception {
    command("postfix", "start").requireSuccess();
    return this;
  }

  void stop() throws Exception {
    command("postfix", "stop").requireSuccess();
  }

  void reload() throws Exception {
    command("postfix", "reload").requireSuccess();
  }

  private Programs.Ended command(String program, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Programs.find(program).orElseThrow().toString());
    command.addAll(List.of("-c", home.resolve("etc").toString()));
    command.addAll(List.of(arguments));
    return Programs.run(home.getParent(), command);
  }

  String log() throws IOException {
    return Programs.text(home.resolve("maillog"));
  }

  /** What it wrote into the Maildir of a user, with CRLF. */
  List<String> maildir(String user) throws IOException {
    Path fresh = home.resolve("mail").resolve(user).resolve("new");
    var mails = new ArrayList<String>();
    if (Files.isDirectory(fresh)) {
      try (var files = Files.list(fresh)) {
        for (Path file : files.toList()) {
          mails.add(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
      }
    }
    return mails;
  }

  /** For its virtual(8): where {@link #maildir} looks. */
  static String maildirSettings(Path home) {
    return """
        virtual_mailbox_base = %s/mail
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        """
        .formatted(home);
  }

  @Override
  public void close() {
    try {
      assertThat(command("postfix", "stop").status()).isNotNegative();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
