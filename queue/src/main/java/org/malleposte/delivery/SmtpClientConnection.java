package org.malleposte.delivery;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;

/**
 * One SMTP session as client. Plain blocking code for a virtual thread: a delivery is a row of
 * waits. Not thread-safe.
 */
final class SmtpClientConnection implements AutoCloseable {
  // RFC 5321 §4.5.3.2
  static final Duration CONNECT = Duration.ofSeconds(30);
  static final Duration GREETING = Duration.ofMinutes(5);
  static final Duration COMMAND = Duration.ofMinutes(5);
  static final Duration DATA_INITIATION = Duration.ofMinutes(2);
  static final Duration DATA_TERMINATION = Duration.ofMinutes(10);

  static final int MAX_REPLY_LINES = 128;
  static final int MAX_LINE_BYTES = 4096;

  private final String helo;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private Set<String> extensions = Set.of();

  SmtpClientConnection(InetSocketAddress address, String helo) throws IOException {
    this.helo = helo;
    socket = new Socket();
    try {
      socket.connect(address, (int) CONNECT.toMillis());
      socket.setTcpNoDelay(true);
      useStreams();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void useStreams() throws IOException {
    in = new BufferedInputStream(socket.getInputStream());
    out = new BufferedOutputStream(socket.getOutputStream(), 32 * 1024);
  }

  /** Reads the greeting and says EHLO, or HELO to a server that does not know it. */
  SmtpReply greet() throws IOException {
    var greeting = read(GREETING);
    return greeting.isPositive() ? hello() : greeting;
  }

  private SmtpReply hello() throws IOException {
    var reply = command("EHLO " + helo, COMMAND);
    if (!reply.isPositive()) {
      extensions = Set.of();
      return command("HELO " + helo, COMMAND);
    }
    var offered = new HashSet<String>();
    for (String line : reply.lines().subList(1, reply.lines().size())) {
      offered.add(line.split(" ", 2)[0].toUpperCase(Locale.ROOT));
    }
    extensions = offered;
    return reply;
  }

  boolean offers(String extension) {
    return extensions.contains(extension);
  }

  /** Encrypts the connection (RFC 3207) and says EHLO anew. */
  SmtpReply startTls(SSLContext context, String host) throws IOException {
    var reply = command("STARTTLS", COMMAND);
    if (!reply.isPositive()) {
      return reply;
    }
    if (in.available() > 0) {
      throw new IOException(
          "bytes in clear after STARTTLS"); // RFC 3207 §6: they are not the server's
    }
    var encrypted =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    socket = encrypted;
    encrypted.startHandshake();
    useStreams();
    return hello();
  }

  SmtpReply mail(Envelope envelope, long sizeBytes) throws IOException {
    var line = new StringBuilder("MAIL FROM:").append(envelope.from());
    if (offers("SIZE")) {
      line.append(" SIZE=").append(sizeBytes);
    }
    if (envelope.body() != Envelope.BodyType.SEVEN_BIT && offers("8BITMIME")) {
      line.append(" BODY=8BITMIME");
    }
    return command(line.toString(), COMMAND);
  }

  SmtpReply recipient(EmailAddress address) throws IOException {
    return command("RCPT TO:<" + address + ">", COMMAND);
  }

  /** DATA, and the message when the server wants it; the reply is the last one. */
  SmtpReply data(MessageBody body) throws IOException {
    var go = command("DATA", DATA_INITIATION);
    if (go.isPositive()) {
      // Taken for the last reply it would say that the mail is there, and nothing of it is.
      throw new IOException("DATA was answered with " + go);
    }
    if (go.code() != 354) {
      return go;
    }
    try (var message = body.open()) {
      new DotStuffer(out).write(message);
    }
    out.flush();
    return read(DATA_TERMINATION);
  }

  SmtpReply reset() throws IOException {
    return command("RSET", COMMAND);
  }

  private SmtpReply command(String line, Duration timeout) throws IOException {
    if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("line break in a command");
    }
    out.write(line.getBytes(StandardCharsets.UTF_8));
    out.write('\r');
    out.write('\n');
    out.flush();
    return read(timeout);
  }

  private SmtpReply read(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
    List<String> lines = new ArrayList<>();
    String line = readLine();
    while (line.length() > 3 && line.charAt(3) == '-') {
      lines.add(line.substring(4));
      if (lines.size() > MAX_REPLY_LINES) {
        throw new IOException("reply of more than " + MAX_REPLY_LINES + " lines");
      }
      line = readLine();
    }
    if (!line.matches("[2-5]\\d\\d( .*)?")) {
      throw new IOException("not an SMTP reply: " + line);
    }
    lines.add(line.length() > 4 ? line.substring(4) : "");
    return new SmtpReply(Integer.parseInt(line.substring(0, 3)), lines);
  }

  private String readLine() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection closed by the other host");
      }
      if (line.length() >= MAX_LINE_BYTES) {
        throw new IOException("reply line over " + MAX_LINE_BYTES + " bytes");
      }
      if (c != '\r') {
        line.append(c >= 0x20 && c < 0x7f ? (char) c : '?');
      }
    }
    return line.toString();
  }

  /** QUIT without waiting for the answer. */
  @Override
  public void close() {
    try (var _ = socket) {
      out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException _) {
      // The mail's fate is decided; a host that does not wait for QUIT changes nothing.
    }
  }
}
