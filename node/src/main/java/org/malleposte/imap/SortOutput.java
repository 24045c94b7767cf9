package org.malleposte.imap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.malleposte.mailbox.MailboxStore;

/** The response of SORT. Keeps the keys of what it finds, up to a bound. */
final class SortOutput implements FoundOutput {
  /** What an array costs beside its bytes, with its place in the list. */
  private static final int OVERHEAD_BYTES = 24;

  private final SearchScan scan;
  private final List<SortKey> order;
  private final boolean asksModSeq;
  private final SearchWriter writer;
  private List<byte[]> keys = new ArrayList<>();
  private long keptBytes;
  private boolean searched;
  private Optional<SearchResult> result = Optional.empty();

  SortOutput(SearchScan scan, List<SortKey> order, boolean asksModSeq, SearchWriter writer) {
    this.scan = scan;
    this.order = order;
    this.asksModSeq = asksModSeq;
    this.writer = writer;
  }

  @Override
  public boolean fill(MailboxStore store, ByteSink sink) throws IOException {
    if (!searched) {
      searched = scan.turn(store, this::found);
      return isTooMuch();
    }
    keys.sort(Arrays::compareUnsigned);
    result = Optional.of(sorted());
    keys = List.of();
    sink.text(writer.write("SORT", result.get()));
    return true;
  }

  @Override
  public Optional<SearchResult> result() {
    return result;
  }

  @Override
  public void close() {
    keys = List.of();
  }

  private boolean isTooMuch() {
    return keptBytes > ImapLimits.SORT_MAX_BYTES;
  }

  private void found(SearchCandidate candidate) throws IOException {
    if (!isTooMuch()) {
      byte[] key = SortKeyBytes.of(candidate, order);
      keptBytes += key.length + OVERHEAD_BYTES;
      keys.add(key);
    }
  }

  private SearchResult sorted() {
    int[] sequences = keys.stream().mapToInt(SortKeyBytes::sequence).toArray();
    if (!asksModSeq || keys.isEmpty()) {
      return new SearchResult(sequences, 0, 0, 0);
    }
    return new SearchResult(
        sequences,
        SortKeyBytes.modSeq(keys.getFirst()),
        SortKeyBytes.modSeq(keys.getLast()),
        keys.stream().mapToLong(SortKeyBytes::modSeq).max().orElse(0));
  }
}
