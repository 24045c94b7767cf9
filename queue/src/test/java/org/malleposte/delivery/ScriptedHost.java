package org.malleposte.delivery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Another mail host, whose replies the test gives. */
final class ScriptedHost implements AutoCloseable {
  private final ServerSocket server;
  private final Function<String, String> replies;
  final List<String> commands = new CopyOnWriteArrayList<>();
  final List<String> messages = new CopyOnWriteArrayList<>();

  /**
   * @param replies to {@code (greeting)}, to each command line, and to {@code (message)}
   */
  ScriptedHost(Function<String, String> replies) throws IOException {
    this.replies = replies;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (var in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      reply(socket, "(greeting)");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        commands.add(line);
        if (reply(socket, line).startsWith("354")) {
          messages.add(message(in));
          reply(socket, "(message)");
        }
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String message(BufferedReader in) throws IOException {
    var text = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      text.append(line).append('\n');
    }
    return text.toString();
  }

  private String reply(Socket socket, String to) throws IOException {
    String reply = replies.apply(to);
    if (reply.equals("(close)")) {
      socket.close();
      return reply;
    }
    socket
        .getOutputStream()
        .write((reply.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
    return reply;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
