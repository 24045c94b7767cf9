package org.malleposte.imap;

import java.util.Arrays;

/**
 * Messages and the links between them, while THREAD puts them together (RFC 5256 §3). A node is a
 * message or a dummy, one that is referred to and is not there. About 60 bytes a node.
 */
final class ThreadForest {
  static final int NONE = -1;

  private final LongIntMap byId = new LongIntMap();
  private int[] parents = new int[64];
  private int[] sequences = new int[64];
  private long[] dates = new long[64];
  private long[] subjects = new long[64];
  private boolean[] replies = new boolean[64];
  private boolean[] hasChildren = new boolean[64];
  private int size;

  /**
   * A message, as its header has it.
   *
   * @param date seconds
   * @param subject hash of its base subject; 0 for an empty one
   * @param reply whether it answers or forwards
   * @param id hash of its message id; 0 for none
   * @param references hashes, the nearest last
   */
  record Entry(int sequence, long date, long subject, boolean reply, long id, long[] references) {}

  int size() {
    return size;
  }

  int parent(int node) {
    return parents[node];
  }

  void setParent(int node, int parent) {
    parents[node] = parent;
  }

  boolean isDummy(int node) {
    return sequences[node] == 0;
  }

  int sequence(int node) {
    return sequences[node];
  }

  long date(int node) {
    return dates[node];
  }

  long subject(int node) {
    return subjects[node];
  }

  boolean isReply(int node) {
    return replies[node];
  }

  /** Steps 1.A and 1.B; in the order of sequence numbers. */
  void add(Entry entry) {
    int self = message(entry);
    int above = NONE;
    for (long reference : entry.references()) {
      int node = byId.get(reference);
      if (node == NONE) {
        node = dummy();
        byId.put(reference, node);
      }
      // A link that is there stays.
      if (above != NONE && parents[node] == NONE) {
        link(node, above);
      }
      above = node;
    }
    // What was above it so far came from somebody else's, perhaps shortened, list.
    parents[self] = NONE;
    if (above != NONE) {
      link(self, above);
    }
  }

  int dummy() {
    grow();
    parents[size] = NONE;
    return size++;
  }

  private int message(Entry entry) {
    int node = entry.id() == 0 ? NONE : byId.get(entry.id());
    if (node == NONE || !isDummy(node)) {
      // The second with an id is a message without one.
      boolean first = node == NONE && entry.id() != 0;
      node = dummy();
      if (first) {
        byId.put(entry.id(), node);
      }
    }
    sequences[node] = entry.sequence();
    dates[node] = entry.date();
    subjects[node] = entry.subject();
    replies[node] = entry.reply();
    return node;
  }

  private void link(int node, int parent) {
    if (node != parent && !isAbove(node, parent)) {
      parents[node] = parent;
      hasChildren[parent] = true;
    }
  }

  /** Whether a link would close a loop; also when it is too far to the top to know. */
  private boolean isAbove(int node, int other) {
    if (!hasChildren[node]) {
      return false;
    }
    int steps = 0;
    for (int at = other; at != NONE; at = parents[at]) {
      if (at == node || ++steps > ImapLimits.THREAD_CLIMB_MAX) {
        return true;
      }
    }
    return false;
  }

  private void grow() {
    if (size == parents.length) {
      int more = size * 2;
      parents = Arrays.copyOf(parents, more);
      sequences = Arrays.copyOf(sequences, more);
      dates = Arrays.copyOf(dates, more);
      subjects = Arrays.copyOf(subjects, more);
      replies = Arrays.copyOf(replies, more);
      hasChildren = Arrays.copyOf(hasChildren, more);
    }
  }
}
