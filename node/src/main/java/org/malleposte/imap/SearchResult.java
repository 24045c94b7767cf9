package org.malleposte.imap;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import org.malleposte.imap.SearchReturn.Result;

/**
 * What a search has found.
 *
 * @param sequences in their order
 * @param firstModSeq of the first of them; 0 when MODSEQ was not asked for
 * @param highestModSeq of all of them
 */
record SearchResult(int[] sequences, long firstModSeq, long lastModSeq, long highestModSeq) {
  /** SEARCH or SORT (RFC 3501 §7.2.5, RFC 5256 §4; MODSEQ: RFC 7162 §3.1.5). */
  String plain(String name, MailboxView view, Numbering numbering) {
    var out = new StringBuilder("* ").append(name);
    for (int sequence : sequences) {
      out.append(' ').append(number(view, numbering, sequence));
    }
    if (highestModSeq > 0 && sequences.length > 0) {
      out.append(" (MODSEQ ").append(highestModSeq).append(')');
    }
    return out.append("\r\n").toString();
  }

  /** ESEARCH (RFC 4731 §3.1). */
  String extended(String tag, MailboxView view, Numbering numbering, SearchReturn wanted) {
    var out = new StringBuilder("* ESEARCH (TAG \"").append(tag).append("\")");
    out.append(numbering == Numbering.UID ? " UID" : "");
    int count = sequences.length;
    if (count > 0 && wanted.has(Result.MIN)) {
      out.append(" MIN ").append(number(view, numbering, sequences[0]));
    }
    if (count > 0 && wanted.has(Result.MAX)) {
      out.append(" MAX ").append(number(view, numbering, sequences[count - 1]));
    }
    if (wanted.has(Result.COUNT)) {
      out.append(" COUNT ").append(count);
    }
    if (count > 0 && wanted.has(Result.ALL)) {
      out.append(" ALL ").append(set(view, numbering, sequences));
    }
    if (wanted.partial().isPresent()) {
      int[] some = part(wanted.partial().get());
      out.append(" PARTIAL (").append(wanted.partial().get()).append(' ');
      out.append(some.length == 0 ? "NIL" : set(view, numbering, some)).append(')');
    }
    if (highestModSeq > 0 && count > 0) {
      out.append(" MODSEQ ").append(modSeq(wanted));
    }
    return out.append("\r\n").toString();
  }

  /** What {@code $} stands for from now on (RFC 5182 §2.1, RFC 9394 §3.2): positions from 0. */
  BitSet saved(SearchReturn wanted) {
    boolean some = wanted.has(Result.MIN) || wanted.has(Result.MAX) || wanted.partial().isPresent();
    var saved = new BitSet();
    if (wanted.has(Result.ALL) || wanted.has(Result.COUNT) || !some) {
      Arrays.stream(sequences).forEach(sequence -> saved.set(sequence - 1));
      return saved;
    }
    if (sequences.length > 0 && wanted.has(Result.MIN)) {
      saved.set(sequences[0] - 1);
    }
    if (sequences.length > 0 && wanted.has(Result.MAX)) {
      saved.set(sequences[sequences.length - 1] - 1);
    }
    wanted
        .partial()
        .ifPresent(range -> Arrays.stream(part(range)).forEach(one -> saved.set(one - 1)));
    return saved;
  }

  private int[] part(PartialRange range) {
    int count = sequences.length;
    return Arrays.copyOfRange(sequences, range.start(count), range.end(count));
  }

  /** Of what is told, where that is less than all (RFC 4731 §3.2). */
  private long modSeq(SearchReturn wanted) {
    if (wanted.isOnly(Set.of(Result.MIN))) {
      return firstModSeq;
    }
    if (wanted.isOnly(Set.of(Result.MAX))) {
      return lastModSeq;
    }
    return wanted.isOnly(Set.of(Result.MIN, Result.MAX))
        ? Math.max(firstModSeq, lastModSeq)
        : highestModSeq;
  }

  private static long number(MailboxView view, Numbering numbering, int sequence) {
    return numbering == Numbering.UID ? view.uid(sequence) : sequence;
  }

  /** In their order: only a run that ascends by one becomes a range. */
  private static String set(MailboxView view, Numbering numbering, int[] sequences) {
    var out = new StringBuilder();
    for (int i = 0; i < sequences.length; ) {
      long first = number(view, numbering, sequences[i]);
      long last = first;
      for (i++; i < sequences.length; i++) {
        if (number(view, numbering, sequences[i]) != last + 1) {
          break;
        }
        last++;
      }
      out.append(out.isEmpty() ? "" : ",").append(first);
      if (last > first) {
        out.append(':').append(last);
      }
    }
    return out.toString();
  }
}
