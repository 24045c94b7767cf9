package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that people use. */
class Pop3ClientTest {
  private static String run(String... command) throws Exception {
    boolean installed =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, command[0])));
    assumeTrue(installed, command[0] + " is not installed");
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"clear", "stls", "tls"})
  void poplib(String how) throws Exception {
    try (var server = new Pop3Server().withMail()) {
      var address = how.equals("tls") ? server.implicit() : server.clear();
      var script = Path.of(getClass().getResource("/pop3/poplib_client.py").toURI());
      String said =
          run("python3", script.toString(), "127.0.0.1", String.valueOf(address.getPort()), how);
      assertThat(said.lines().skip(1))
          .containsExactly(
              "denied b'-ERR [AUTH] wrong name or password'",
              "stat 3 152",
              "list 1 31 2 72 3 49",
              "retr [b'Subject: two', b'X-Long: yes', b'', b'.leading dot', b'..', b'.', b'line',"
                  + " b'end with no CRLF']",
              "top [b'Subject: one', b'']",
              "left True");
    }
  }

  private static String curl(String scheme, InetSocketAddress address, String... more)
      throws Exception {
    var command =
        Stream.of(
            List.of("curl", "-sS", "-k", "--max-time", "60", "-u", "alice:secret"),
            List.of(more),
            List.of(scheme + "://127.0.0.1:" + address.getPort() + "/"));
    return run(command.flatMap(List::stream).toArray(String[]::new));
  }

  @Test
  void curl() throws Exception {
    try (var server = new Pop3Server().withMail()) {
      assertThat(curl("pop3", server.clear())).isEqualTo("1 31\r\n2 72\r\n3 49\r\n");
      assertThat(curl("pop3", server.clear(), "--ssl-reqd", "-X", "UIDL").lines()).hasSize(3);
      assertThat(curl("pop3s", server.implicit(), "--sasl-ir", "--login-options", "AUTH=PLAIN"))
          .hasLineCount(3);
      assertThat(curl("pop3", server.clear(), "--login-options", "AUTH=LOGIN")).hasLineCount(3);
      String url = "pop3://127.0.0.1:" + server.clear().getPort() + "/2";
      assertThat(run("curl", "-sS", "-u", "alice:secret", url))
          .isEqualTo(
              "Subject: two\r\nX-Long: yes\r\n\r\n.leading dot\r\n..\r\n.\r\nline\r\n"
                  + "end with no CRLF\r\n");
    }
  }
}
