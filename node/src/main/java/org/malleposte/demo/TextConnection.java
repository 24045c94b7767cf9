package org.malleposte.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client's end of a line protocol. Blocks; for virtual threads. */
final class TextConnection implements Closeable {
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  TextConnection(InetSocketAddress address, Duration timeout) throws IOException {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      in = new BufferedInputStream(socket.getInputStream());
      out = new BufferedOutputStream(socket.getOutputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  void writeLine(String line) throws IOException {
    write(line + "\r\n");
    out.flush();
  }

  /** Without its CRLF. */
  String readLine() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
      if (line.length() > MAX_LINE_BYTES) {
        throw new IOException("line too long");
      }
    }
    return line.toString();
  }

  String readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("connection closed");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
