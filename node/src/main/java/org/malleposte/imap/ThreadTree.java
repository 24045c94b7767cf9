package org.malleposte.imap;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.IntStream;

/**
 * The threads: who answers whom, each set of siblings in the order in which they were sent. Dummies
 * are only at the top, and have at least two children.
 */
final class ThreadTree {
  private static final int NONE = ThreadForest.NONE;
  private static final int CLOSE = -2;

  private final ThreadForest forest;

  /** Of each node the one above it, or {@link #NONE}. */
  private final int[] parents;

  private final int[] firstChild;
  private final int[] lastChild;
  private final int[] nextSibling;
  private int[] roots = new int[16];
  private int rootCount;

  /**
   * @param parents of all nodes of the forest; those of dummies do not count
   */
  ThreadTree(ThreadForest forest, int[] parents) {
    this.forest = forest;
    this.parents = parents;
    firstChild = filled(forest.size());
    lastChild = filled(forest.size());
    nextSibling = filled(forest.size());
    // Step 6 for all siblings at once: who comes first in all comes first among them.
    for (int node : bySentDate(forest)) {
      add(node);
    }
  }

  /** All messages, as they were sent; equal dates by sequence number (RFC 5256 §2.2). */
  static int[] bySentDate(ThreadForest forest) {
    return IntStream.range(0, forest.size())
        .filter(node -> !forest.isDummy(node))
        .boxed()
        .sorted(
            (a, b) -> {
              int byDate = Long.compare(forest.date(a), forest.date(b));
              return byDate != 0 ? byDate : forest.sequence(a) - forest.sequence(b);
            })
        .mapToInt(Integer::intValue)
        .toArray();
  }

  int rootCount() {
    return rootCount;
  }

  /** One thread; deep ones do not need a deep stack. */
  void write(int index, MailboxView view, Numbering numbering, StringBuilder out) {
    Deque<Integer> open = new ArrayDeque<>();
    open.push(roots[index]);
    while (!open.isEmpty()) {
      int node = open.pop();
      if (node == CLOSE) {
        out.append(')');
      } else {
        writeRun(node, view, numbering, open, out);
      }
    }
  }

  /** A message and what follows it up to where it branches. */
  private void writeRun(
      int from, MailboxView view, Numbering numbering, Deque<Integer> open, StringBuilder out) {
    out.append('(');
    int node = from;
    while (true) {
      if (!forest.isDummy(node)) {
        int sequence = forest.sequence(node);
        out.append(node == from ? "" : " ");
        out.append(numbering == Numbering.UID ? view.uid(sequence) : sequence);
      }
      int child = firstChild[node];
      if (child == NONE) {
        out.append(')');
        return;
      }
      if (nextSibling[child] != NONE) {
        out.append(forest.isDummy(node) ? "" : " ");
        branch(child, open);
        return;
      }
      node = child;
    }
  }

  private void branch(int first, Deque<Integer> open) {
    var siblings = new ArrayDeque<Integer>();
    for (int child = first; child != NONE; child = nextSibling[child]) {
      siblings.push(child);
    }
    open.push(CLOSE);
    while (!siblings.isEmpty()) {
      open.push(siblings.pop());
    }
  }

  private void add(int node) {
    int parent = parents[node];
    if (parent == NONE) {
      addRoot(node);
      return;
    }
    if (firstChild[parent] == NONE) {
      firstChild[parent] = node;
      if (forest.isDummy(parent)) {
        // It is where its first child is.
        addRoot(parent);
      }
    } else {
      nextSibling[lastChild[parent]] = node;
    }
    lastChild[parent] = node;
  }

  private void addRoot(int node) {
    if (rootCount == roots.length) {
      roots = Arrays.copyOf(roots, rootCount * 2);
    }
    roots[rootCount++] = node;
  }

  private static int[] filled(int size) {
    var array = new int[size];
    Arrays.fill(array, NONE);
    return array;
  }
}
