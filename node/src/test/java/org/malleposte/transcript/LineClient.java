package org.malleposte.transcript;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The client's end of one connection: blocking, for tests that want to see each byte. */
public final class LineClient implements AutoCloseable {
  /** How long an answer may take before the test fails. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private Socket socket;
  private InputStream in;
  private OutputStream out;

  private LineClient(Socket socket) throws IOException {
    use(socket);
  }

  /**
   * @param tls from the first byte; any certificate is trusted
   */
  public static LineClient connect(InetSocketAddress server, boolean tls) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(server, (int) PATIENCE.toMillis());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    var client = new LineClient(socket);
    if (tls) {
      client.startTls();
    }
    return client;
  }

  /** Upgrades the connection; returns after the handshake. */
  public void startTls() throws IOException {
    var secure =
        (SSLSocket)
            trustingAll()
                .getSocketFactory()
                .createSocket(
                    socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
    secure.startHandshake();
    use(secure);
  }

  /**
   * What names this connection at both ends, for SASL: RFC 9266, RFC 5929.
   *
   * @param type tls-exporter or tls-server-end-point
   */
  public byte[] channelBinding(String type) throws IOException {
    var session = ((SSLSocket) socket).getSession();
    try {
      return switch (type) {
        case "tls-exporter" ->
            ((ExtendedSSLSession) session)
                .exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32);
        case "tls-server-end-point" ->
            MessageDigest.getInstance("SHA-256")
                .digest(session.getPeerCertificates()[0].getEncoded());
        default -> throw new IllegalArgumentException(type);
      };
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends {@code text} as UTF-8, with CRLF. */
  public void writeLine(String text) throws IOException {
    write((text + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  public void writeByteByByte(byte[] bytes) throws IOException {
    for (byte b : bytes) {
      out.write(b);
      out.flush();
    }
  }

  /**
   * The next line without its CRLF; null once the server has closed or reset. A line that ends in a
   * bare LF keeps a mark, so that no test takes it for a proper one.
   */
  public String readLine() throws IOException {
    var line = new ByteArrayOutputStream();
    try {
      int last = -1;
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == '\n') {
          String text = line.toString(StandardCharsets.UTF_8);
          return last == '\r' ? text.substring(0, text.length() - 1) : text + "<bare LF>";
        }
        line.write(c);
        last = c;
      }
    } catch (SocketException e) {
      // A reset is the way in which a server drops a peer that still has unread bytes.
    }
    return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8) + "<no end of line>";
  }

  /** Exactly so many octets. */
  public byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed after " + bytes.length + " of " + count + " octets");
    }
    return bytes;
  }

  /**
   * @param reset with RST instead of FIN, as a machine that dies
   */
  public void close(boolean reset) {
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (SocketException e) {
      // The other side was quicker.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    close(false);
  }

  private void use(Socket next) throws IOException {
    socket = next;
    in = new BufferedInputStream(next.getInputStream());
    out = next.getOutputStream();
  }

  private static SSLContext trustingAll() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
