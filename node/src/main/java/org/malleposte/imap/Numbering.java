package org.malleposte.imap;

/** What the numbers of a command are. */
enum Numbering {
  SEQUENCE,
  UID
}
