package org.malleposte.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ops/bin/malleposte} with a program that says how it was started, and a pretended Maven.
 */
class LauncherTest {
  private static final Path SCRIPTS = Path.of("bin").toAbsolutePath();

  @TempDir Path directory;
  private Path pathBin;
  private Path echoJar;
  private final Map<Process, Path> outputs = new HashMap<>();

  record Result(int status, String out, String err) {}

  @BeforeEach
  void prepare() throws IOException {
    pathBin = Files.createDirectories(directory.resolve("path"));
    echoJar = echoJar(Files.createDirectories(directory.resolve("echo")));
  }

  @Test
  void anInstallationNeedsNoMaven() throws Exception {
    Path root = installation();
    Result result = run(root.resolve("bin/malleposte"), "queue", "list", "a b");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("queue|list|a b\n");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void linksAndTheirNamesWork() throws Exception {
    Path root = installation();
    Path elsewhere = Files.createDirectories(directory.resolve("else where"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("mp"), root.resolve("bin/malleposte"));
    Path linkToLink = Files.createSymbolicLink(elsewhere.resolve("relative"), Path.of("mp"));

    assertThat(run(link, "status").out()).isEqualTo("status\n");
    assertThat(run(linkToLink, "status").out()).isEqualTo("status\n");
    assertThat(run(root.resolve("bin/mailq")).out()).isEqualTo("queue|list\n");
    assertThat(run(root.resolve("bin/newaliases"), "-c", "x").out()).isEqualTo("newaliases|-c|x\n");
  }

  @Test
  void javaThatIsTooOldIsPassedOver() throws Exception {
    Path root = installation();
    Path old = Files.createDirectories(directory.resolve("old"));
    script(Files.createDirectories(old.resolve("bin")).resolve("java"), "echo too old; exit 1");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");

    Result other =
        run(
            List.of(root.resolve("bin/malleposte").toString(), "status"),
            Map.of(
                "JAVA_HOME",
                old.toString(),
                "PATH",
                javaHome().resolve("bin") + ":" + System.getenv("PATH")));
    assertThat(other.out()).isEqualTo("status\n");
  }

  @Test
  void optionsReachTheJvm() throws Exception {
    Path root = installation();
    Result result =
        run(
            List.of(root.resolve("bin/malleposte").toString(), "--options"),
            Map.of("MALLEPOSTE_JAVA_OPTS", "-Xmx77m -Dx=y"));

    assertThat(result.out())
        .contains("-Xmx77m\n", "-Dx=y\n")
        .contains("-Djava.library.path=" + root.resolve("lib/native"))
        .contains("-Dmalleposte.launcher=" + root.resolve("bin/malleposte"))
        .doesNotContain("AOTCache");
  }

  @Test
  void aBrokenCacheDoesNotBreakAStart() throws Exception {
    Path root = installation();
    Path cache = Files.writeString(root.resolve("lib/malleposte.aot"), "no cache");
    Files.setLastModifiedTime(cache, FileTime.from(Instant.now().plusSeconds(60)));
    Result result =
        run(
            List.of(root.resolve("bin/malleposte").toString(), "--options"),
            Map.of("MALLEPOSTE_AOT", "on"));

    assertThat(result.status()).isEqualTo(3);
    assertThat(result.out()).startsWith("--options\n").contains("-XX:AOTCache=" + cache);
  }

  @Test
  void aCheckoutIsBuiltOnceAndAgainWhenASourceChanges() throws Exception {
    Path root = checkout();
    Path command = root.resolve("ops/bin/malleposte");

    Result first = run(command, "status");
    assertThat(first.out()).isEqualTo("status\n");
    assertThat(first.err()).contains("building, this takes a minute");
    assertThat(run(command, "status").err()).isEmpty();
    assertThat(run(command, "build")).isEqualTo(new Result(0, "", ""));
    assertThat(builds(root)).isEqualTo(1);

    Path source = root.resolve("store/src/main/java/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run(command, "build").err()).contains("building");
    assertThat(builds(root)).isEqualTo(2);
  }

  @Test
  void aFailedBuildShowsWhyAndIsTriedAgain() throws Exception {
    Path root = checkout();
    Files.writeString(root.resolve("broken"), "");
    Result result = run(root.resolve("ops/bin/malleposte"), "status");

    assertThat(result.status()).isEqualTo(69);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("[ERROR] A.java:1: what is this?")
        .contains("the build failed, see " + root.resolve("node/target/build.log"));
    Files.delete(root.resolve("broken"));
    assertThat(run(root.resolve("ops/bin/malleposte"), "status").out()).isEqualTo("status\n");
  }

  @Test
  void aCacheThatCannotBeMadeIsOnlySaid() throws Exception {
    Path root = checkout();
    Result result =
        run(
            List.of(root.resolve("ops/bin/malleposte").toString(), "status"),
            Map.of("MALLEPOSTE_AOT", "on"));

    assertThat(result.out()).isEqualTo("status\n");
    assertThat(result.err()).contains("made no start-up cache; starts will be slower");
  }

  @Test
  void commandsThatStartTogetherBuildOnce() throws Exception {
    Path root = checkout();
    var both = new ArrayList<Process>();
    for (int i = 0; i < 3; i++) {
      both.add(start(List.of(root.resolve("ops/bin/malleposte").toString(), "build"), Map.of()));
    }
    for (Process process : both) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(builds(root)).isEqualTo(1);
  }

  @Test
  void shellcheckIsContent() throws Exception {
    assumeTrue(isInstalled("shellcheck"), "shellcheck is not installed");
    Result result =
        run(
            List.of(
                "shellcheck",
                SCRIPTS.resolve("malleposte").toString(),
                SCRIPTS.resolve("aot-train").toString()),
            Map.of());

    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isZero();
  }

  private Path installation() throws IOException {
    Path root = directory.resolve("opt");
    copyScripts(Files.createDirectories(root.resolve("bin")));
    Files.copy(echoJar, Files.createDirectories(root.resolve("lib")).resolve("malleposte.jar"));
    return root;
  }

  /** A source tree whose Maven counts, and copies a jar. */
  private Path checkout() throws IOException {
    Path root = directory.resolve("checkout");
    copyScripts(Files.createDirectories(root.resolve("ops/bin")));
    Path source = Files.createDirectories(root.resolve("store/src/main/java")).resolve("A.java");
    Files.createDirectories(root.resolve("node"));
    Files.writeString(root.resolve("pom.xml"), "");
    Files.writeString(source, "");
    script(
        pathBin.resolve("mvn"),
        """
        echo build >>builds
        if [ -e broken ]; then echo '[ERROR] A.java:1: what is this?'; exit 1; fi
        mkdir -p node/target/malleposte/lib
        cp '%s' node/target/malleposte/lib/malleposte.jar
        sleep 0.3
        """
            .formatted(echoJar));
    return root;
  }

  private static long builds(Path root) throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  private static void copyScripts(Path to) throws IOException {
    for (String name : List.of("malleposte", "aot-train")) {
      Files.copy(SCRIPTS.resolve(name), to.resolve(name));
      to.resolve(name).toFile().setExecutable(true);
    }
    Files.createSymbolicLink(to.resolve("mailq"), Path.of("malleposte"));
    Files.createSymbolicLink(to.resolve("newaliases"), Path.of("malleposte"));
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A jar whose Main prints its arguments, and with --options the JVM's, and ends with 3. */
  private static Path echoJar(Path work) throws IOException {
    Path source = Files.createDirectories(work.resolve("org/malleposte")).resolve("Main.java");
    Files.writeString(
        source,
        """
        package org.malleposte;
        class Main {
          public static void main(String[] arguments) {
            System.out.println(String.join("|", arguments));
            if (arguments.length > 0 && arguments[0].equals("--options")) {
              java.lang.management.ManagementFactory.getRuntimeMXBean()
                  .getInputArguments().forEach(System.out::println);
            }
            System.exit(3);
          }
        }
        """);
    int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString());
    assertThat(status).isZero();
    Path jar = work.resolve("malleposte.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("org/malleposte/Main.class"));
      out.write(Files.readAllBytes(work.resolve("org/malleposte/Main.class")));
    }
    return jar;
  }

  private static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  private boolean isInstalled(String tool) throws Exception {
    return run(List.of("bash", "-c", "command -v " + tool), Map.of()).status() == 0;
  }

  private Result run(Path command, String... arguments) throws Exception {
    var words = new ArrayList<>(List.of(command.toString()));
    words.addAll(List.of(arguments));
    return run(words, Map.of());
  }

  private Result run(List<String> command, Map<String, String> environment) throws Exception {
    Process process = start(command, environment);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(output(process, "out")),
        Files.readString(output(process, "err")));
  }

  private Path output(Process process, String name) {
    return outputs.get(process).resolve(name);
  }

  private Process start(List<String> command, Map<String, String> environment) throws IOException {
    Path work = Files.createTempDirectory(directory, "run");
    var builder = new ProcessBuilder(command).directory(work.toFile());
    builder.redirectOutput(work.resolve("out").toFile());
    builder.redirectError(work.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MALLEPOSTE_"));
    builder.environment().put("JAVA_HOME", javaHome().toString());
    // A cache of this program would be of no use, and takes seconds.
    builder.environment().put("MALLEPOSTE_AOT", "off");
    builder.environment().put("PATH", pathBin + ":" + System.getenv("PATH"));
    environment.forEach(
        (name, value) ->
            builder.environment().put(name, name.equals("PATH") ? pathBin + ":" + value : value));
    Process process = builder.start();
    outputs.put(process, work);
    return process;
  }
}
