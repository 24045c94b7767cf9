package org.malleposte.imap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** THREAD=REFERENCES after its first step (RFC 5256 §3, REFERENCES, steps 2 to 6). */
final class ReferenceThreads {
  private static final int NONE = ThreadForest.NONE;

  private final ThreadForest forest;

  /** Of each message the one above it, dummies left out except at the top. */
  private int[] parents;

  /** Of each dummy at the top its first child, as sent; and into which it has been merged. */
  private int[] firstChild;

  private int[] mergedInto;

  ReferenceThreads(ThreadForest forest) {
    this.forest = forest;
  }

  ThreadTree tree() {
    prune();
    gather(roots());
    for (int node = 0; node < forest.size(); node++) {
      int parent = parents[node];
      if (parent != NONE && mergedInto[parent] != NONE) {
        parents[node] = mergedInto[parent];
      }
    }
    return new ThreadTree(forest, parents);
  }

  /**
   * Steps 2 and 3: what is below a dummy belongs to the next message above it, or, where there is
   * none, to the dummy at the top; one that has but one child there is left out too.
   */
  private void prune() {
    int size = forest.size();
    // Step 5 makes at most one dummy of two messages.
    parents = new int[size * 2];
    var children = new int[size];
    for (int node = 0; node < size; node++) {
      parents[node] = forest.isDummy(node) ? NONE : above(node);
      if (parents[node] != NONE) {
        children[parents[node]]++;
      }
    }
    for (int node = 0; node < size; node++) {
      int parent = parents[node];
      if (parent != NONE && forest.isDummy(parent) && children[parent] == 1) {
        parents[node] = NONE;
      }
    }
  }

  /** The links of dummies are shortened on the way, so that a long way is gone once. */
  private int above(int node) {
    int top = forest.parent(node);
    while (top != NONE && forest.isDummy(top) && forest.parent(top) != NONE) {
      top = forest.parent(top);
    }
    for (int at = forest.parent(node); at != NONE && at != top; ) {
      int next = forest.parent(at);
      forest.setParent(at, top);
      at = next;
    }
    return top;
  }

  /** Step 4: as they were sent, a dummy with its first child. */
  private List<Integer> roots() {
    int room = forest.size() * 2;
    firstChild = new int[room];
    mergedInto = new int[room];
    Arrays.fill(firstChild, NONE);
    Arrays.fill(mergedInto, NONE);
    var roots = new ArrayList<Integer>();
    for (int node : ThreadTree.bySentDate(forest)) {
      int parent = parents[node];
      if (parent == NONE) {
        roots.add(node);
      } else if (forest.isDummy(parent) && firstChild[parent] == NONE) {
        firstChild[parent] = node;
        roots.add(parent);
      }
    }
    return roots;
  }

  /** Step 5. */
  private void gather(List<Integer> roots) {
    var table = new LongIntMap();
    for (int root : roots) {
      long subject = subject(root);
      int known = subject == 0 ? NONE : table.get(subject);
      boolean better =
          known == NONE
              || forest.isDummy(root) && !forest.isDummy(known)
              || isReply(known) && !isReply(root);
      if (subject != 0 && better) {
        table.put(subject, root);
      }
    }
    for (int root : roots) {
      long subject = subject(root);
      int known = subject == 0 ? root : table.get(subject);
      if (known != root) {
        merge(root, known, subject, table);
      }
    }
  }

  private void merge(int root, int known, long subject, LongIntMap table) {
    boolean dummy = forest.isDummy(root);
    if (forest.isDummy(known)) {
      if (dummy) {
        mergedInto[root] = known;
      } else {
        parents[root] = known;
      }
    } else if (isReply(root) && !isReply(known)) {
      parents[root] = known;
    } else {
      int above = forest.dummy();
      parents[above] = NONE;
      parents[root] = above;
      parents[known] = above;
      table.put(subject, above);
    }
  }

  private long subject(int root) {
    return forest.subject(speaker(root));
  }

  private boolean isReply(int root) {
    return !forest.isDummy(root) && forest.isReply(root);
  }

  private int speaker(int root) {
    return forest.isDummy(root) ? firstChild[root] : root;
  }
}
