package org.malleposte.delivery;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.Envelope;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;

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

  /** A mail that goes over at less than this a second is given up. */
  static final int SLOWEST_BYTES_PER_SECOND = 4096;

  /** All of it: a host that answers each command at the last moment holds a delivery slot. */
  static final Duration SESSION = Duration.ofHours(2);

  private final String helo;
  private final Timers timers;
  private final Socket wire;
  private final Timers.Timer sessionEnd;
  private volatile boolean tookTooLong;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private Set<String> extensions = Set.of();

  /**
   * @param timers close the socket when a step takes too long: a read has a time-out of its own,
   *     but a write to a host that does not read, or a reply byte by byte, has none
   */
  SmtpClientConnection(InetSocketAddress address, String helo, Timers timers) throws IOException {
    this.helo = helo;
    this.timers = timers;
    wire = new Socket();
    socket = wire;
    sessionEnd = timers.after(SESSION, this::abort);
    try {
      socket.connect(address, (int) CONNECT.toMillis());
      socket.setTcpNoDelay(true);
      useStreams();
    } catch (IOException e) {
      sessionEnd.cancel();
      socket.close();
      throw e;
    }
  }

  /** A step of the dialogue. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T within(Duration limit, Step<T> step) throws IOException {
    var end = timers.after(limit, this::abort);
    try {
      return step.run();
    } catch (IOException e) {
      if (tookTooLong) {
        throw new IOException("took longer than it may", e);
      }
      throw e;
    } finally {
      end.cancel();
    }
  }

  // On a timer's thread. Closing does not block: linger is off.
  private void abort() {
    tookTooLong = true;
    try {
      wire.close();
    } catch (IOException _) {
      // It was to be closed.
    }
  }

  private void useStreams() throws IOException {
    in = new BufferedInputStream(socket.getInputStream());
    out = new BufferedOutputStream(socket.getOutputStream(), 32 * 1024);
  }

  /** Reads the greeting and says EHLO, or HELO to a server that does not know it. */
  SmtpReply greet() throws IOException {
    var greeting = within(GREETING, () -> read(GREETING));
    return greeting.isPositive() ? hello() : greeting;
  }

  private SmtpReply hello() throws IOException {
    var reply = command("EHLO " + helo, COMMAND);
    if (reply.isPermanent()) {
      extensions = Set.of();
      return command("HELO " + helo, COMMAND);
    }
    if (!reply.isPositive()) {
      return reply; // A passing fault: without its extensions it would not be the same host.
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

  /**
   * Encrypts the connection (RFC 3207) and says EHLO anew; the reply is that to EHLO.
   *
   * @throws TlsFailedException when the server does not do what it offered
   */
  SmtpReply startTls(SSLContext context, String host) throws IOException {
    var reply = command("STARTTLS", COMMAND);
    if (!reply.isPositive()) {
      throw new TlsFailedException(new IOException("STARTTLS was answered with " + reply));
    }
    if (in.available() > 0) {
      throw new IOException(
          "bytes in clear after STARTTLS"); // RFC 3207 §6: they are not the server's
    }
    try {
      within(COMMAND, () -> handshake(context, host));
    } catch (IOException e) {
      throw new TlsFailedException(e);
    }
    useStreams();
    return hello();
  }

  private Socket handshake(SSLContext context, String host) throws IOException {
    socket.setSoTimeout((int) COMMAND.toMillis());
    var encrypted =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    socket = encrypted;
    encrypted.startHandshake();
    return encrypted;
  }

  /**
   * @param utf8 the server must take addresses and headers in UTF-8
   */
  SmtpReply mail(Envelope envelope, long sizeBytes, boolean utf8) throws IOException {
    var line = new StringBuilder("MAIL FROM:").append(envelope.from());
    if (offers("SIZE")) {
      line.append(" SIZE=").append(sizeBytes);
    }
    switch (envelope.body()) {
      case SEVEN_BIT -> {}
      case EIGHT_BIT_MIME, BINARY_MIME -> line.append(offers("8BITMIME") ? " BODY=8BITMIME" : "");
    }
    if (utf8) {
      line.append(" SMTPUTF8");
    }
    if (offers("DSN")) {
      line.append(DsnParameters.ofMail(envelope.dsn()));
    }
    return command(line.toString(), COMMAND);
  }

  /**
   * @param utf8 as told by MAIL
   */
  SmtpReply recipient(Target.Remote target, DsnRequest dsn, boolean utf8) throws IOException {
    String parameters =
        offers("DSN") ? DsnParameters.ofRecipient(target.original(), dsn, utf8) : "";
    return command("RCPT TO:<" + target.address() + ">" + parameters, COMMAND);
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
    var transfer = DATA_INITIATION.plusSeconds(body.sizeBytes() / SLOWEST_BYTES_PER_SECOND);
    within(transfer, () -> send(body));
    return within(DATA_TERMINATION, () -> read(DATA_TERMINATION));
  }

  private OutputStream send(MessageBody body) throws IOException {
    try (var message = body.open()) {
      new DotStuffer(out).write(message);
    }
    out.flush();
    return out;
  }

  SmtpReply reset() throws IOException {
    return command("RSET", COMMAND);
  }

  private SmtpReply command(String line, Duration timeout) throws IOException {
    if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("line break in a command");
    }
    return within(
        timeout,
        () -> {
          out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
          out.flush();
          return read(timeout);
        });
  }

  private SmtpReply read(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
    return ReplyReader.read(in);
  }

  /** QUIT without waiting for the answer. */
  @Override
  public void close() {
    try (var _ = socket) {
      within(
          CONNECT,
          () -> {
            out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return out;
          });
    } catch (IOException _) {
      // The mail's fate is decided; a host that does not wait for QUIT changes nothing.
    } finally {
      sessionEnd.cancel();
    }
  }
}
