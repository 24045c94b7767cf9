package org.malleposte.imap;

import java.util.Optional;

/** Writes what a search has found as the client asked for it. */
record SearchWriter(
    String tag, MailboxView view, Numbering numbering, Optional<SearchReturn> wanted) {
  /**
   * @param name of the response where the client wants none of the extended ones
   */
  String write(String name, SearchResult result) {
    if (wanted.isEmpty()) {
      return result.plain(name, view, numbering);
    }
    return wanted.get().answers() ? result.extended(tag, view, numbering, wanted.get()) : "";
  }
}
