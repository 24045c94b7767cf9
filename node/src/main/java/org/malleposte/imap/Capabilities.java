package org.malleposte.imap;

/** What the server says that it can. Only what is whole is said. */
final class Capabilities {
  private static final String ALWAYS = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE";
  private static final String AFTER_LOGIN =
      " NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN CONDSTORE APPENDLIMIT=";

  private Capabilities() {}

  /**
   * @param canStartTls not encrypted, and there is a certificate
   * @param mayLogIn the link is private enough for a password
   */
  static String beforeLogin(boolean canStartTls, boolean mayLogIn) {
    return ALWAYS
        + (canStartTls ? " STARTTLS" : "")
        + (mayLogIn ? " AUTH=PLAIN" : " LOGINDISABLED");
  }

  static String afterLogin(ImapSettings settings) {
    return ALWAYS + AFTER_LOGIN + settings.appendMaxBytes();
  }
}
