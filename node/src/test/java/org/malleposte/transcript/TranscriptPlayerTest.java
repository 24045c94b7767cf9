package org.malleposte.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.malleposte.transcript.Transcript.Way;

/** Against a server that greets, echoes each line, and closes on {@code bye}. */
class TranscriptPlayerTest {
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"WHOLE", "BYTE_BY_BYTE", "PIPELINED"})
  void playsADialogue(Way way) {
    play(
        way,
        """
        # comment
        S: hello
        C: one
        S: echo one
        C- t\\x77o\\r\\n
        S= echo two
        C: id=42
        S: /echo id=(?<id>\\d+)/
        --
        C: again ${id}
        S= echo again 42
        2S: hello
        2C: other
        2S: echo other
        C: a
        C: b
        S: ...
        S: echo b
        C: bye
        S! closed
        2C! close
        """);
  }

  @Test
  void namesTheLineThatDiffers() {
    assertThatThrownBy(() -> play(Way.WHOLE, "S: hello\nC: one\nS: echo two\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("test:3")
        .hasMessageContaining("expected: echo two")
        .hasMessageContaining("got: echo one");
  }

  @Test
  void aPrefixIsNotExact() {
    assertThatThrownBy(() -> play(Way.WHOLE, "S= hell\n")).isInstanceOf(AssertionError.class);
  }

  @Test
  void seesThatTheServerDidNotClose() {
    assertThatThrownBy(() -> play(Way.WHOLE, "S: hello\nC: one\nS! closed\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("echo one");
  }

  @Test
  void readsTheWaysToSkip() {
    var transcript =
        TranscriptParser.parse("test", "#! skip tls byte-by-byte\nS: hello".lines().toList());
    assertThat(transcript.ways()).containsExactly(Way.WHOLE, Way.PIPELINED);
  }

  private void play(Way way, String text) {
    TranscriptPlayer.play(
        TranscriptParser.parse("test", text.lines().toList()),
        way,
        (InetSocketAddress) server.getLocalSocketAddress(),
        Map.of());
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket;
        var in =
            new java.io.BufferedReader(
                new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write("hello\r\n".getBytes(StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null && !line.equals("bye"); line = in.readLine()) {
        socket.getOutputStream().write(("echo " + line + "\r\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
