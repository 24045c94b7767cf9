package org.malleposte.imap;

import java.util.List;

/** One thing that FETCH asks of a message (RFC 3501 §6.4.5). */
sealed interface FetchItem {
  record Uid() implements FetchItem {}

  record FlagList() implements FetchItem {}

  record InternalDate() implements FetchItem {}

  record Size() implements FetchItem {}

  record Envelope() implements FetchItem {}

  record ModSeq() implements FetchItem {}

  /** When it came into this mailbox (RFC 8514 §4). */
  record SaveDate() implements FetchItem {}

  /** RFC 8474 §5.1. */
  record EmailId() implements FetchItem {}

  /** Always NIL: we keep no threads (RFC 8474 §5.2). */
  record ThreadId() implements FetchItem {}

  /**
   * The beginning of the text (RFC 8970).
   *
   * @param lazy only if it costs little
   */
  record PreviewText(boolean lazy) implements FetchItem {}

  /** {@code BODY} without a section, or {@code BODYSTRUCTURE}. */
  record Structure(boolean extended) implements FetchItem {}

  /**
   * {@code BODY[section]<origin.count>} or one of the RFC822 forms.
   *
   * @param label what the answer calls it: {@code BODY[1.2]}, {@code RFC822.HEADER}
   * @param peek does not set {@code \Seen}
   */
  record Section(String label, List<Integer> path, SectionText text, Partial partial, boolean peek)
      implements FetchItem {
    public Section {
      path = List.copyOf(path);
    }
  }

  /**
   * {@code BINARY[part]<origin.count>} (RFC 3516 §4.2).
   *
   * @param label what the answer calls it
   */
  record Binary(String label, List<Integer> path, Partial partial, boolean peek)
      implements FetchItem {
    public Binary {
      path = List.copyOf(path);
    }
  }

  /** {@code BINARY.SIZE[part]}. */
  record BinarySize(String label, List<Integer> path) implements FetchItem {
    public BinarySize {
      path = List.copyOf(path);
    }
  }

  /** Which bytes of the part. */
  sealed interface SectionText {
    /** All of it: the message, or the part's body. */
    record Whole() implements SectionText {}

    record Header() implements SectionText {}

    record HeaderFields(List<String> names, boolean not) implements SectionText {
      public HeaderFields {
        names = List.copyOf(names);
      }
    }

    record Text() implements SectionText {}

    record Mime() implements SectionText {}
  }

  /** From byte {@code origin}, at most {@code count} bytes. */
  record Partial(long origin, long count) {
    static final Partial ALL = new Partial(0, Long.MAX_VALUE);

    boolean isAll() {
      return equals(ALL);
    }
  }
}
