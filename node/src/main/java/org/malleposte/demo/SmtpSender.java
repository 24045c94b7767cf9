package org.malleposte.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.malleposte.mail.AccountName;

/**
 * Sends mails one after another on a kept connection, as a mail server of the Internet would: when
 * a host does not answer, or says 4yz, the next MX gets the mail. Blocks; one thread, one sender.
 */
public final class SmtpSender implements AutoCloseable {
  /** How a try ended. */
  public sealed interface Sent {
    record Acknowledged(String reply) implements Sent {}

    /**
     * No 250: the mail may be lost, or be there, and whoever sends tries again under another id.
     */
    record NotAcknowledged(String why) implements Sent {}
  }

  /** Longer than the server may take, so that a 250 on its way is not missed. */
  static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Supplier<List<InetSocketAddress>> exchangers;
  private final String domain;
  private final Ledger ledger;
  private final Duration timeout;
  private Optional<TextConnection> connection = Optional.empty();

  /**
   * @param exchangers the hosts to try, the preferred one first, asked at each new connection
   * @param domain of the accounts
   */
  public SmtpSender(Supplier<List<InetSocketAddress>> exchangers, String domain, Ledger ledger) {
    this(exchangers, domain, ledger, TIMEOUT);
  }

  public SmtpSender(
      Supplier<List<InetSocketAddress>> exchangers,
      String domain,
      Ledger ledger,
      Duration timeout) {
    this.exchangers = exchangers;
    this.domain = domain;
    this.ledger = ledger;
    this.timeout = timeout;
  }

  /** Sends one mail with its id in the header {@code X-Ledger}, and books it. */
  public Sent send(String id, AccountName to, String text) {
    try {
      var peer = connected();
      command(peer, "MAIL FROM:<sender@elsewhere.example>", "250");
      command(peer, "RCPT TO:<" + to + "@" + domain + ">", "250");
      command(peer, "DATA", "354");
      peer.write(
          "From: sender@elsewhere.example\r\nTo: "
              + to
              + "@"
              + domain
              + "\r\nSubject: "
              + id
              + "\r\nX-Ledger: "
              + id
              + "\r\n\r\n");
      peer.write(text);
      ledger.sent(id, to);
      var reply = command(peer, "\r\n.", "250");
      ledger.acknowledged(id);
      return new Sent.Acknowledged(reply);
    } catch (IOException e) {
      drop();
      return new Sent.NotAcknowledged(String.valueOf(e.getMessage()));
    }
  }

  private TextConnection connected() throws IOException {
    if (connection.isPresent()) {
      return connection.get();
    }
    IOException last = new IOException("no mail exchanger");
    for (var address : exchangers.get()) {
      try {
        var peer = new TextConnection(address, timeout);
        connection = Optional.of(peer);
        expect(peer, "220");
        command(peer, "EHLO sender.elsewhere.example", "250");
        return peer;
      } catch (IOException e) {
        drop();
        last = e;
      }
    }
    throw last;
  }

  private static String command(TextConnection peer, String line, String code) throws IOException {
    peer.writeLine(line);
    return expect(peer, code);
  }

  private static String expect(TextConnection peer, String code) throws IOException {
    String line = peer.readLine();
    while (line.length() > 3 && line.charAt(3) == '-') {
      line = peer.readLine();
    }
    if (!line.startsWith(code)) {
      throw new IOException(line);
    }
    return line;
  }

  private void drop() {
    connection.ifPresent(
        c -> {
          try {
            c.close();
          } catch (IOException _) {
            // It is being given up because it has failed.
          }
        });
    connection = Optional.empty();
  }

  @Override
  public void close() {
    drop();
  }
}
