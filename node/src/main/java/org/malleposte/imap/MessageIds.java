package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;

/** The message ids of a field (RFC 5322 §3.6.4), normalized (RFC 5256 §3): quotes do not count. */
final class MessageIds {
  private MessageIds() {}

  /** Those that are valid, at most the last {@link ImapLimits#THREAD_REFERENCES_MAX}. */
  static List<String> in(String value) {
    var ids = new ArrayList<String>();
    for (int at = value.indexOf('<'); at >= 0; at = value.indexOf('<', at)) {
      var id = new StringBuilder();
      at = read(value, at + 1, id);
      int sign = id.lastIndexOf("@");
      if (sign > 0 && sign < id.length() - 1 && at > 0 && value.charAt(at - 1) == '>') {
        ids.add(id.toString());
      }
    }
    int first = Math.max(0, ids.size() - ImapLimits.THREAD_REFERENCES_MAX);
    return List.copyOf(ids.subList(first, ids.size()));
  }

  /** Reads up to the end of an id; where another begins, this one has none. */
  private static int read(String value, int from, StringBuilder id) {
    boolean quoted = false;
    int at = from;
    while (at < value.length()) {
      char c = value.charAt(at);
      if (c == '\\' && quoted && at + 1 < value.length()) {
        id.append(value.charAt(at + 1));
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '<') {
        return at;
      } else if (!quoted && c == '>') {
        return at + 1;
      } else if (quoted || c > ' ') {
        id.append(c);
      }
      at++;
    }
    return at;
  }
}
