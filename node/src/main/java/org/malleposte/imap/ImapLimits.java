package org.malleposte.imap;

import java.time.Duration;

/** What one command or session may cost. What depends on the installation is in ImapSettings. */
final class ImapLimits {
  /** A command without its literals. */
  static final int LINE_MAX_BYTES = 64 * 1024;

  /**
   * A command without its literals before login; a stranger's. An ID of {@link #ID_FIELDS_MAX}
   * fields of 30 octets with values of 1024 must pass (RFC 2971 §3.3).
   */
  static final int LINE_BEFORE_LOGIN_MAX_BYTES = 34 * 1024;

  /** One literal that is kept in memory. */
  static final int LITERAL_MAX_BYTES = 64 * 1024;

  /** All literals of a command that are kept in memory. */
  static final int LITERALS_MAX_BYTES = 256 * 1024;

  /** Literals of one command, however small: each makes the command longer to put together. */
  static final int LITERALS_MAX = 1_024;

  /** A literal that is refused is read and dropped up to this; beyond, the connection ends. */
  static final long DROPPED_MAX_BYTES = 1024L * 1024 * 1024;

  /** One literal before login: a name or a password. */
  static final int LITERAL_BEFORE_LOGIN_MAX_BYTES = 1024;

  /** All literals of a command before login. */
  static final int LITERALS_BEFORE_LOGIN_MAX_BYTES = 4 * 1024;

  /** A line of an authentication exchange, such as a Kerberos ticket, and {@code DONE}. */
  static final int CONTINUATION_MAX_BYTES = 12 * 1024;

  /** Messages of one APPEND (RFC 3502). */
  static final int APPEND_MESSAGES_MAX = 500;

  /** All messages of one APPEND: this many times the largest that one may be. */
  static final int APPEND_TIMES_MAX = 4;

  static final int TAG_MAX_CHARACTERS = 256;

  /** Ranges in one sequence set. */
  static final int RANGES_MAX = 16_384;

  static final int FETCH_ITEMS_MAX = 256;

  /** Fields in one HEADER.FIELDS. */
  static final int HEADER_FIELDS_MAX = 256;

  /** Numbers in one section, {@code BODY[1.2.3]}. */
  static final int SECTION_DEPTH_MAX = 128;

  /** Keys of one SEARCH, all levels. */
  static final int SEARCH_KEYS_MAX = 1_024;

  static final int SEARCH_DEPTH_MAX = 32;

  /** Keys of one SORT. */
  static final int SORT_KEYS_MAX = 16;

  /** Characters of a text that SORT compares. */
  static final int SORT_TEXT_MAX_CHARACTERS = 256;

  /** What one SORT keeps to sort by; beyond, it is refused. 100,000 messages need some 10 MB. */
  static final long SORT_MAX_BYTES = 64L * 1024 * 1024;

  /** Messages of one THREAD and those that they refer to, 60 bytes each; beyond, it is refused. */
  static final int THREAD_NODES_MAX = 1_000_000;

  /** References of one message: the nearest ones. */
  static final int THREAD_REFERENCES_MAX = 256;

  /** Levels that THREAD climbs to see whether a link closes a loop; beyond, there is no link. */
  static final int THREAD_CLIMB_MAX = 10_000;

  /** Resources of one SETQUOTA. */
  static final int QUOTA_RESOURCES_MAX = 16;

  static final int LIST_PATTERNS_MAX = 64;

  /** Uses in one CREATE (RFC 6154 §3). */
  static final int USES_MAX = 16;

  /** Fields in one ID (RFC 2971 §3.3). */
  static final int ID_FIELDS_MAX = 30;

  /** Commands that cannot be understood, in a row, before the connection ends. */
  static final int BAD_COMMANDS_MAX = 20;

  /** Logins that fail before the connection ends. */
  static final int LOGIN_FAILURES_MAX = 5;

  /** Messages that a session can have selected: 4 bytes each. */
  static final int MESSAGES_MAX = 16_000_000;

  /** Changes that wait to be told; beyond, the mailbox is compared with a fresh read. */
  static final int PENDING_CHANGES_MAX = 1_000;

  /** Keywords that a session is told of. */
  static final int KEYWORDS_MAX = 1_024;

  /** Messages read from the end to find the first unseen one at SELECT. */
  static final int UNSEEN_SCAN_MAX_MESSAGES = 2_000;

  /** Ranges of UIDs in one VANISHED. */
  static final int VANISHED_RANGES_MAX = 1_000;

  /** Messages whose flags and sizes are read from the store at once. */
  static final int BATCH_MESSAGES = 256;

  /** Output made by one turn on the lane before others get theirs. */
  static final int SLICE_BYTES = 64 * 1024;

  /** Output that waits for the socket before the session stops to make more. */
  static final int WRITE_QUEUE_BYTES = 128 * 1024;

  /** Input that waits while a command runs before the socket is paused. */
  static final int READ_AHEAD_BYTES = 16 * 1024;

  /** How often a client that waits for a long command hears how far it is (RFC 9585 §3). */
  static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(15);

  private ImapLimits() {}
}
