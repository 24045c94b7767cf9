package org.malleposte.imap;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import org.malleposte.mailbox.MailboxStore;

/** The response of SEARCH. */
final class SearchOutput implements FoundOutput {
  private final SearchScan scan;
  private final boolean asksModSeq;
  private final SearchWriter writer;
  private final BitSet found = new BitSet();
  private long firstModSeq;
  private long lastModSeq;
  private long highestModSeq;
  private boolean searched;

  SearchOutput(SearchScan scan, boolean asksModSeq, SearchWriter writer) {
    this.scan = scan;
    this.asksModSeq = asksModSeq;
    this.writer = writer;
  }

  @Override
  public boolean fill(MailboxStore store, ByteSink sink) throws IOException {
    if (!searched) {
      searched = scan.turn(store, this::found);
      return false;
    }
    sink.text(writer.write("SEARCH", result().orElseThrow()));
    return true;
  }

  @Override
  public Optional<Progress> progress() {
    return searched ? Optional.empty() : Optional.of(scan.progress());
  }

  @Override
  public Optional<SearchResult> result() {
    int[] sequences = found.stream().map(position -> position + 1).toArray();
    return Optional.of(new SearchResult(sequences, firstModSeq, lastModSeq, highestModSeq));
  }

  @Override
  public void close() {}

  private void found(SearchCandidate candidate) {
    found.set(candidate.sequence() - 1);
    if (asksModSeq) {
      lastModSeq = candidate.message().modSeq();
      firstModSeq = firstModSeq == 0 ? lastModSeq : firstModSeq;
      highestModSeq = Math.max(highestModSeq, lastModSeq);
    }
  }
}
