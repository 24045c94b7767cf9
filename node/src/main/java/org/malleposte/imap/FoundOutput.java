package org.malleposte.imap;

import java.util.Optional;

/** What a command that searches makes, and what is left when it has made it. */
interface FoundOutput extends Output {
  /** What was found; empty when it was too much to be kept. */
  Optional<SearchResult> result();
}
