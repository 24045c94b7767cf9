package org.malleposte.imap;

import java.util.Locale;

/** How THREAD puts messages together (RFC 5256 §3). */
enum ThreadAlgorithm {
  ORDEREDSUBJECT,
  REFERENCES;

  static ThreadAlgorithm parse(CommandCursor cursor) throws ImapSyntaxException {
    return switch (cursor.atom().toUpperCase(Locale.ROOT)) {
      case "ORDEREDSUBJECT" -> ORDEREDSUBJECT;
      case "REFERENCES" -> REFERENCES;
      default -> throw new ImapSyntaxException("Unknown threading algorithm");
    };
  }

  ThreadTree tree(ThreadForest forest) {
    return switch (this) {
      case ORDEREDSUBJECT -> bySubject(forest);
      case REFERENCES -> new ReferenceThreads(forest).tree();
    };
  }

  /** All with one subject answer the first of them. */
  private static ThreadTree bySubject(ThreadForest forest) {
    var parents = new int[forest.size()];
    var firsts = new LongIntMap();
    for (int node : ThreadTree.bySentDate(forest)) {
      // Those without a subject have one in common as well: none.
      long subject = forest.subject(node) == 0 ? 1 : forest.subject(node);
      parents[node] = firsts.get(subject);
      if (parents[node] == LongIntMap.NONE) {
        firsts.put(subject, node);
      }
    }
    return new ThreadTree(forest, parents);
  }
}
