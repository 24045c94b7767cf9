package org.malleposte.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Many clients that have introduced themselves and say nothing more. */
final class Idle implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;

  /** How far a client goes before it falls silent. */
  enum Kind {
    /** EHLO. */
    SMTP,
    /** The same over TLS from the first byte. */
    SMTPS,
    /** LOGIN and SELECT. */
    IMAP
  }

  private final List<Closeable> clients = new ArrayList<>();

  /** Opens all of them, one after the other. Blocks. */
  static Idle open(InetSocketAddress server, Kind kind, int sessions) throws IOException {
    var idle = new Idle();
    try {
      var tls = trusting();
      for (int i = 0; i < sessions; i++) {
        Socket socket = new Socket();
        idle.clients.add(socket);
        socket.connect(server, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        switch (kind) {
          case SMTP -> greet(socket);
          case SMTPS -> {
            var secure = tls.getSocketFactory().createSocket(socket, "localhost", 0, true);
            idle.clients.add(secure);
            greet(secure);
          }
          case IMAP -> select(socket);
        }
      }
      return idle;
    } catch (IOException e) {
      idle.close();
      throw e;
    }
  }

  private static void greet(Socket socket) throws IOException {
    until(socket, "220 ");
    say(socket, "EHLO idle.example.org");
    until(socket, "250 ");
  }

  private static void select(Socket socket) throws IOException {
    until(socket, "* OK");
    say(socket, "a LOGIN user0 secret");
    until(socket, "a OK");
    say(socket, "b SELECT INBOX");
    until(socket, "b OK");
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads lines; without a buffer, which thousands of clients would hold. */
  private static void until(Socket socket, String beginning) throws IOException {
    var in = socket.getInputStream();
    var line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("closed by the server: " + line);
      }
      if (c != '\n') {
        line.append((char) c);
      } else if (line.indexOf(beginning) == 0) {
        return;
      } else {
        line.setLength(0);
      }
    }
  }

  /** The node that is measured has made its certificate itself. */
  private static SSLContext trusting() throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Override
  public void close() throws IOException {
    for (var client : clients) {
      client.close();
    }
  }
}
