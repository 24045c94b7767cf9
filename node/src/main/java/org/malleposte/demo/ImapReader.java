package org.malleposte.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.malleposte.mail.AccountName;

/** Reads what lies in an INBOX, by IMAP, as a mail program would. Blocks. */
public final class ImapReader {
  private static final Pattern LITERAL = Pattern.compile(".*\\{(\\d+)}$");
  private static final Pattern LEDGER_ID = Pattern.compile("(?im)^X-Ledger: *(\\S+)");

  private final InetSocketAddress address;
  private final Duration timeout;

  public ImapReader(InetSocketAddress address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  /**
   * The ledger ids of all mails in the INBOX, one for each time it is there.
   *
   * @throws IOException when the node does not serve the mailbox now
   */
  public List<String> ledgerIds(AccountName account, String password) throws IOException {
    try (var peer = new TextConnection(address, timeout)) {
      peer.readLine();
      command(peer, "a1", "LOGIN " + account + " \"" + password + "\"");
      command(peer, "a2", "EXAMINE INBOX");
      var ids = new ArrayList<String>();
      for (String header :
          command(peer, "a3", "UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (X-Ledger)])")) {
        var id = LEDGER_ID.matcher(header);
        if (id.find()) {
          ids.add(id.group(1));
        }
      }
      peer.writeLine("a4 LOGOUT");
      return ids;
    }
  }

  /**
   * Shows that writes are served: sets and takes back a flag on the first message, if there is one.
   */
  public void touch(AccountName account, String password) throws IOException {
    try (var peer = new TextConnection(address, timeout)) {
      peer.readLine();
      command(peer, "a1", "LOGIN " + account + " \"" + password + "\"");
      command(peer, "a2", "SELECT INBOX");
      command(peer, "a3", "STORE 1 +FLAGS (\\Flagged)");
      command(peer, "a4", "STORE 1 -FLAGS (\\Flagged)");
      peer.writeLine("a5 LOGOUT");
    }
  }

  private static List<String> command(TextConnection peer, String tag, String command)
      throws IOException {
    peer.writeLine(tag + " " + command);
    var literals = new ArrayList<String>();
    while (true) {
      String line = peer.readLine();
      var literal = LITERAL.matcher(line);
      if (literal.matches()) {
        literals.add(peer.readBytes(Integer.parseInt(literal.group(1))));
      } else if (line.startsWith(tag + " ")) {
        if (!line.startsWith(tag + " OK")) {
          throw new IOException(line);
        }
        return literals;
      }
    }
  }
}
