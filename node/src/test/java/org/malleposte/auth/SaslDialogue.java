package org.malleposte.auth;

import java.util.Base64;
import java.util.Optional;
import org.malleposte.transcript.LineClient;

/** How a client of one of the protocols logs in. */
public enum SaslDialogue {
  SMTP("AUTH ", "334 "),
  IMAP("t AUTHENTICATE ", "+ "),
  POP3("AUTH ", "+ ");

  /** A client's side of a mechanism. */
  @FunctionalInterface
  public interface Client {
    byte[] respond(byte[] challenge) throws Exception;
  }

  private final String command;
  private final String challenge;

  SaslDialogue(String command, String challenge) {
    this.command = command;
    this.challenge = challenge;
  }

  /**
   * @return the line that ends it
   */
  public String run(LineClient line, String mechanism, Optional<byte[]> initial, Client client)
      throws Exception {
    line.writeLine(
        command + mechanism + initial.map(i -> " " + (i.length == 0 ? "=" : encode(i))).orElse(""));
    for (String said = line.readLine(); said != null; said = line.readLine()) {
      if (!said.startsWith(challenge)) {
        return said;
      }
      byte[] asked = Base64.getDecoder().decode(said.substring(challenge.length()));
      line.writeLine(encode(client.respond(asked)));
    }
    return "closed";
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
