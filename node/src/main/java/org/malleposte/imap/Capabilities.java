package org.malleposte.imap;

import java.util.List;

/** What the server says that it can. Only what is whole is said. */
final class Capabilities {
  private static final String ALWAYS = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE";
  private static final String AFTER_LOGIN =
      " NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN CONDSTORE QRESYNC SAVEDATE OBJECTID PREVIEW"
          + " LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE"
          + " ESEARCH SEARCHRES WITHIN PARTIAL SORT SORT=DISPLAY ESORT"
          + " THREAD=ORDEREDSUBJECT THREAD=REFERENCES QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE"
          + " BINARY MULTIAPPEND REPLACE COMPRESS=DEFLATE UNAUTHENTICATE INPROGRESS METADATA"
          + " APPENDLIMIT=";

  private Capabilities() {}

  /**
   * @param canStartTls not encrypted, and there is a certificate
   * @param mechanisms offered on this link
   * @param takesLogin whether the LOGIN command may be used
   */
  static String beforeLogin(boolean canStartTls, List<String> mechanisms, boolean takesLogin) {
    return ALWAYS
        + (canStartTls ? " STARTTLS" : "")
        + String.join("", mechanisms.stream().map(name -> " AUTH=" + name).toList())
        + (takesLogin ? "" : " LOGINDISABLED");
  }

  static String afterLogin(ImapSettings settings) {
    return ALWAYS + AFTER_LOGIN + settings.appendMaxBytes();
  }
}
