package org.malleposte.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.config.EffectiveConfig;
import org.malleposte.json.Json;
import org.malleposte.tables.McDirective;
import org.malleposte.tables.McDirective.Meaning;
import org.malleposte.tables.McFile;

/**
 * What became of one directive of {@code sendmail.mc}, for {@code check}.
 *
 * @param isTaken whether it has an effect
 */
record SendmailLine(String file, int line, String text, boolean isTaken, String what) {
  static List<SendmailLine> all(McFile mc, EffectiveConfig effective) {
    var lines = new ArrayList<SendmailLine>();
    for (McDirective directive : mc.directives()) {
      lines.add(of(mc.file(), directive, effective.overruled(directive)));
    }
    return lines;
  }

  private static SendmailLine of(String file, McDirective directive, Optional<String> overruled) {
    String text = directive.text();
    int line = directive.line();
    return switch (directive.meaning()) {
      case Meaning.Taken(var how) ->
          overruled
              .map(by -> new SendmailLine(file, line, text, false, "overruled by " + by))
              .orElseGet(() -> new SendmailLine(file, line, text, true, how));
      case Meaning.Elsewhere(var where) -> new SendmailLine(file, line, text, false, where);
      case Meaning.NotTaken(var why, _) ->
          new SendmailLine(file, line, text, false, "no effect: " + why);
    };
  }

  Map<String, Object> json() {
    return Json.object("file", file, "line", line, "text", text, "taken", isTaken, "what", what);
  }

  /** {@code file:line: directive: what became of it}. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + text.replaceAll("\\s+", " ") + ": " + what;
  }
}
