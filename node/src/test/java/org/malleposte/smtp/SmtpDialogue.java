package org.malleposte.smtp;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.malleposte.transcript.LineClient;

/** A client that says what is right, up to where a test wants to do otherwise. */
final class SmtpDialogue implements AutoCloseable {
  final LineClient client;

  private SmtpDialogue(LineClient client) {
    this.client = client;
  }

  /** Greeted on both sides. */
  static SmtpDialogue open(InetSocketAddress server) throws IOException {
    return open(server, false);
  }

  static SmtpDialogue open(InetSocketAddress server, boolean tls) throws IOException {
    var dialogue = new SmtpDialogue(LineClient.connect(server, tls));
    dialogue.reply();
    dialogue.say("EHLO client.test");
    return dialogue;
  }

  /**
   * Not greeted yet, behind a balancer.
   *
   * @param from what the balancer says of the client
   */
  static SmtpDialogue proxied(InetSocketAddress server, String from) throws IOException {
    var dialogue = new SmtpDialogue(LineClient.connect(server, false));
    boolean four = from.indexOf(':') < 0;
    dialogue.client.writeLine(
        (four ? "PROXY TCP4 " + from + " 192.0.2.1" : "PROXY TCP6 " + from + " 2001:db8::1")
            + " 4444 25");
    return dialogue;
  }

  /** Up to 354. */
  SmtpDialogue data(String recipient) throws IOException {
    say("MAIL FROM:<carol@example.test>");
    say("RCPT TO:<" + recipient + ">");
    String go = say("DATA");
    if (!go.startsWith("354")) {
      throw new AssertionError(go);
    }
    return this;
  }

  /** Sends a line; its reply's last line. */
  String say(String line) throws IOException {
    client.writeLine(line);
    return reply();
  }

  /** The last line of the next reply; null once the server has closed. */
  String reply() throws IOException {
    String line = client.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = client.readLine();
    }
    return line;
  }

  /** All last lines up to the end of the connection. */
  String last() throws IOException {
    String last = null;
    for (String line = reply(); line != null; line = reply()) {
      last = line;
    }
    return last;
  }

  @Override
  public void close() {
    client.close();
  }
}
