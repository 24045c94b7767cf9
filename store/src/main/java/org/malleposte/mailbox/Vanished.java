package org.malleposte.mailbox;

/** What has been expunged since a MODSEQ (RFC 7162 §3.2.10). */
public sealed interface Vanished {
  /** These, and no others. */
  record Known(UidSet uids) implements Vanished {}

  /** It was too long ago: any UID that has no message may be one. */
  record Forgotten() implements Vanished {}
}
