package org.malleposte.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cluster drawn on a terminal, redrawn in place; on anything else than a terminal only the
 * story's lines are printed. Not thread-safe.
 */
final class Picture {
  /** One node as it is drawn. */
  record NodeRow(String name, String role, boolean alive, Optional<Observer.Sight> sight) {}

  private static final int BAR_CELLS = 30;
  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final boolean live;
  private int drawnLines;
  private long deepest = 1;

  /**
   * @param live whether {@code out} is a terminal that can be redrawn
   */
  Picture(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  /** A line of the story; stays above the picture. */
  void tell(String line) {
    erase();
    out.println((live ? BOLD : "") + line + (live ? PLAIN : ""));
    out.flush();
  }

  /** Draws the picture anew. */
  void draw(List<NodeRow> nodes, int sent, int acknowledged) {
    if (!live) {
      return;
    }
    var lines = new ArrayList<String>();
    for (var node : nodes) {
      lines.add(row(node));
    }
    lines.add("  sent %,d   acknowledged %,d".formatted(sent, acknowledged));
    erase();
    lines.forEach(out::println);
    drawnLines = lines.size();
    out.flush();
  }

  /** Leaves the last picture where it is. */
  void keep() {
    drawnLines = 0;
  }

  private void erase() {
    if (drawnLines > 0) {
      out.print(UP.formatted(drawnLines));
      for (int i = 0; i < drawnLines; i++) {
        out.println(CLEAR_LINE);
      }
      out.print(UP.formatted(drawnLines));
      drawnLines = 0;
    }
  }

  private String row(NodeRow node) {
    String state;
    String colour;
    if (!node.alive()) {
      state = "dead";
      colour = RED;
    } else if (node.sight().isEmpty()) {
      state = "starting";
      colour = YELLOW;
    } else {
      state = node.sight().get().delivers() ? "delivers" : "spools";
      colour = node.sight().get().delivers() ? GREEN : YELLOW;
    }
    long spooled = node.sight().map(Observer.Sight::spooled).orElse(0L);
    long copies = node.sight().map(Observer.Sight::copies).orElse(0L);
    deepest = Math.max(deepest, spooled);
    return "  %s%-16s%s %-9s %s%-8s%s spool %s %,6d   copies %,6d"
        .formatted(
            BOLD,
            node.name(),
            PLAIN,
            node.role(),
            colour,
            state,
            PLAIN,
            bar(spooled),
            spooled,
            copies);
  }

  private String bar(long spooled) {
    int cells = (int) (spooled * BAR_CELLS / deepest);
    return "\u2588".repeat(cells) + "\u00b7".repeat(BAR_CELLS - cells);
  }
}
