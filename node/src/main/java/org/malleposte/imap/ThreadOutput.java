package org.malleposte.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ThreadForest.Entry;
import org.malleposte.mailbox.MailboxStore;

/** The response of THREAD (RFC 5256 §4). */
final class ThreadOutput implements FoundOutput {
  private static final SearchResult NOTHING = new SearchResult(new int[0], 0, 0, 0);

  private final SearchScan scan;
  private final ThreadAlgorithm algorithm;
  private final MailboxView view;
  private final Numbering numbering;
  private final ThreadForest forest = new ThreadForest();
  private boolean searched;
  private Optional<ThreadTree> tree = Optional.empty();
  private int next;

  ThreadOutput(SearchScan scan, ThreadAlgorithm algorithm, MailboxView view, Numbering numbering) {
    this.scan = scan;
    this.algorithm = algorithm;
    this.view = view;
    this.numbering = numbering;
  }

  @Override
  public boolean fill(MailboxStore store, ByteSink sink) throws IOException {
    if (!searched) {
      searched = scan.turn(store, this::found);
      return isTooMuch();
    }
    if (tree.isEmpty()) {
      tree = Optional.of(algorithm.tree(forest));
      sink.text(tree.get().rootCount() == 0 ? "* THREAD" : "* THREAD ");
    }
    while (next < tree.get().rootCount()) {
      if (sink.isFull()) {
        return false;
      }
      var thread = new StringBuilder();
      tree.get().write(next++, view, numbering, thread);
      sink.text(thread.toString());
    }
    sink.text("\r\n");
    return true;
  }

  /** Nobody asks what was found; only whether there was room for it. */
  @Override
  public Optional<SearchResult> result() {
    return tree.map(_ -> NOTHING);
  }

  @Override
  public void close() {}

  private boolean isTooMuch() {
    return forest.size() > ImapLimits.THREAD_NODES_MAX;
  }

  private void found(SearchCandidate candidate) throws IOException {
    if (isTooMuch()) {
      return;
    }
    MessageHeaders headers = candidate.headers();
    var sent = headers.sent().orElse(candidate.message().internalDate());
    BaseSubject subject = headers.subject();
    forest.add(
        new Entry(
            candidate.sequence(),
            sent.getEpochSecond(),
            subject.text().isEmpty() ? 0 : TextHash.of(UnicodeCasemap.bytes(subject.text())),
            subject.reply(),
            hash(headers.messageId().orElse("")),
            references(headers)));
  }

  private long[] references(MessageHeaders headers) {
    List<String> ids =
        switch (algorithm) {
          case REFERENCES -> headers.references();
          case ORDEREDSUBJECT -> List.of();
        };
    return ids.stream().mapToLong(ThreadOutput::hash).toArray();
  }

  private static long hash(String id) {
    return id.isEmpty() ? 0 : TextHash.of(id.getBytes(StandardCharsets.UTF_8));
  }
}
