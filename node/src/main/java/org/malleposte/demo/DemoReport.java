package org.malleposte.demo;

import java.util.Locale;
import java.util.Map;
import org.malleposte.json.Json;

/**
 * The final account of the demo.
 *
 * @param outageSeconds the longest time, around the kill, in which no mail was acknowledged by any
 *     node
 * @param readOutageSeconds from the kill until a survivor served a mailbox for reading and writing
 * @param flushStartSeconds from the return of the primary until the spools began to shrink
 * @param flushSeconds from the return of the primary until the spools were empty
 * @param flushed mails that had waited
 */
record DemoReport(
    Ledger.Balance balance,
    double outageSeconds,
    double readOutageSeconds,
    double flushStartSeconds,
    double flushSeconds,
    long flushed) {
  /** Nothing lost, nothing doubled, and something that could have been. */
  boolean isClean() {
    return balance.isClean() && balance.acknowledged() > 0 && flushed > 0;
  }

  String toJson() {
    Map<String, Object> json =
        Json.object(
            "sent", balance.sent(),
            "acknowledged", balance.acknowledged(),
            "delivered", balance.delivered(),
            "lost", balance.lost().size(),
            "doubled", balance.doubled().size(),
            "flushed", flushed,
            "flushStartSeconds", round(flushStartSeconds),
            "flushSeconds", round(flushSeconds),
            "outageSeconds", round(outageSeconds),
            "readOutageSeconds", round(readOutageSeconds));
    return Json.pretty(json) + "\n";
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    line(text, "sent", "%,d", balance.sent());
    line(text, "acknowledged with 250", "%,d", balance.acknowledged());
    line(text, "delivered", "%,d", balance.delivered());
    line(text, "lost", "%,d", balance.lost().size());
    line(text, "doubled", "%,d", balance.doubled().size());
    line(text, "time without a 250", "%.2f s", outageSeconds);
    line(text, "time without mailboxes", "%.2f s", readOutageSeconds);
    line(text, "flush of %,d began after".formatted(flushed), "%.2f s", flushStartSeconds);
    line(text, "flush done after", "%.2f s", flushSeconds);
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String format, Object value) {
    text.append("  %-28s ".formatted(what))
        .append(String.format(Locale.ROOT, format, value))
        .append('\n');
  }

  private static double round(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
