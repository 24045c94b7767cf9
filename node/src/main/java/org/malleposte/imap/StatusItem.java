package org.malleposte.imap;

/** What STATUS tells (RFC 3501 §6.3.10, RFC 7162 §3.1.7, RFC 7889 §3, RFC 8474 §4.3). */
enum StatusItem {
  MESSAGES,
  RECENT,
  UIDNEXT,
  UIDVALIDITY,
  UNSEEN,
  APPENDLIMIT,
  HIGHESTMODSEQ,
  MAILBOXID
}
