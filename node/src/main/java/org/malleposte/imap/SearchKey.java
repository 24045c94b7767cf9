package org.malleposte.imap;

import java.time.LocalDate;
import java.util.List;

/** A condition of SEARCH (RFC 3501 §6.4.4). Text is decoded from the command's charset. */
sealed interface SearchKey {
  record All() implements SearchKey {}

  record HasFlag(String flag) implements SearchKey {}

  record Recent() implements SearchKey {}

  record And(List<SearchKey> keys) implements SearchKey {
    public And {
      keys = List.copyOf(keys);
    }
  }

  record Or(SearchKey left, SearchKey right) implements SearchKey {}

  record Not(SearchKey key) implements SearchKey {}

  record Numbers(Numbering numbering, SequenceSet set) implements SearchKey {}

  /** INTERNALDATE, by day. */
  record Arrived(Comparison comparison, LocalDate day) implements SearchKey {}

  /** When it came into this mailbox, by day (RFC 8514 §4.3). */
  record Saved(Comparison comparison, LocalDate day) implements SearchKey {}

  /** RFC 8474 §5.3. */
  record EmailId(String id) implements SearchKey {}

  /** The Date field, by day, without its time zone. */
  record Sent(Comparison comparison, LocalDate day) implements SearchKey {}

  /** Arrived so long ago or longer (RFC 5032). */
  record Older(long seconds) implements SearchKey {}

  /** Arrived since so long ago. */
  record Younger(long seconds) implements SearchKey {}

  record Larger(long sizeBytes) implements SearchKey {}

  record Smaller(long sizeBytes) implements SearchKey {}

  record ModSeqFrom(long modSeq) implements SearchKey {}

  /** A field contains {@code text}; with empty text, the field is there. */
  record HeaderText(String field, String text) implements SearchKey {}

  /** A body contains it. */
  record BodyText(String text) implements SearchKey {}

  /** Header or body contain it. */
  record AnyText(String text) implements SearchKey {}

  /** How a day compares. */
  enum Comparison {
    BEFORE,
    ON,
    SINCE
  }
}
