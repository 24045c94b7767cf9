package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.transcript.LineClient;

/** Puts a mail into another server's queue, by SMTP with exactly these commands. */
final class Feed {
  private Feed() {}

  /**
   * @param from with parameters: {@code <a@b> BODY=8BITMIME}
   * @param to each with parameters
   * @return the replies to RCPT
   */
  static List<String> send(int port, String from, List<String> to, byte[] message)
      throws IOException {
    try (var client = LineClient.connect(RealNode.loopback(port), false)) {
      expect(reply(client), "220");
      expect(say(client, "EHLO feed.example"), "250");
      expect(say(client, "MAIL FROM:" + from), "250");
      var replies = new ArrayList<String>();
      for (String recipient : to) {
        replies.add(say(client, "RCPT TO:" + recipient));
      }
      expect(say(client, "DATA"), "354");
      String text = new String(message, ISO_8859_1).replace("\r\n.", "\r\n..");
      client.write((text + ".\r\n").getBytes(ISO_8859_1));
      expect(reply(client), "250");
      client.writeLine("QUIT");
      return replies;
    }
  }

  private static String say(LineClient client, String line) throws IOException {
    client.writeLine(line);
    return reply(client);
  }

  private static String reply(LineClient client) throws IOException {
    String line = client.readLine();
    while (line != null && line.startsWith("-", 3)) {
      line = client.readLine();
    }
    return String.valueOf(line);
  }

  private static void expect(String reply, String code) throws IOException {
    if (!reply.startsWith(code)) {
      throw new IOException("expected " + code + ", heard " + reply);
    }
  }
}
