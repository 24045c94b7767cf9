package org.malleposte.bench;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client's end of a line protocol, made for speed: whole writes, buffered reads. Blocks. */
final class Peer implements Closeable {
  private static final int TIMEOUT_MS = 120_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  Peer(InetSocketAddress address) throws IOException {
    socket.connect(address, TIMEOUT_MS);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    out = socket.getOutputStream();
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void writeLine(String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  String readLine() throws IOException {
    var line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("closed by the server");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** The last line of an SMTP reply. */
  String smtpReply(String expected) throws IOException {
    String line = readLine();
    while (line.length() > 3 && line.charAt(3) == '-') {
      line = readLine();
    }
    if (!line.startsWith(expected)) {
      throw new IOException("expected " + expected + ", got: " + line);
    }
    return line;
  }

  /** Reads to the tagged OK, counting the bytes of literals; untagged lines go to {@code lines}. */
  long imap(String tag, String command, java.util.function.Consumer<String> lines)
      throws IOException {
    writeLine(tag + " " + command);
    long literalBytes = 0;
    while (true) {
      String line = readLine();
      if (line.startsWith(tag + " ")) {
        if (!line.startsWith(tag + " OK")) {
          throw new IOException(line);
        }
        return literalBytes;
      }
      int brace = line.endsWith("}") ? line.lastIndexOf('{') : -1;
      if (brace >= 0) {
        long length = Long.parseLong(line.substring(brace + 1, line.length() - 1));
        in.skipNBytes(length);
        literalBytes += length;
      }
      lines.accept(line);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
