package org.malleposte.imap;

/**
 * What two subjects have in common when one answers or forwards the other (RFC 5256 §2.1).
 *
 * @param text without what answers and forwards add
 * @param reply whether something of an answer or a forward was taken away
 */
record BaseSubject(String text, boolean reply) {
  /** Characters of a subject that count. Bounds the work, which grows with the square of it. */
  static final int MAX_CHARACTERS = 1_024;

  /**
   * @param subject decoded
   */
  static BaseSubject of(String subject) {
    int end = Math.min(subject.length(), MAX_CHARACTERS);
    return new Extraction(subject.substring(0, end).replaceAll("[ \\t\\r\\n]+", " ")).run();
  }

  /** The steps of the RFC on {@code text[start, end)}. */
  private static final class Extraction {
    private final String text;
    private int start;
    private int end;
    private boolean reply;

    Extraction(String text) {
      this.text = text;
      end = text.length();
    }

    BaseSubject run() {
      do {
        trailers();
        while (leader() || blob()) {
          // Steps 3 to 5: until neither is left.
        }
      } while (forwarded());
      return new BaseSubject(text.substring(start, end), reply);
    }

    /** Step 2: {@code subj-trailer}. */
    private void trailers() {
      boolean found = true;
      while (found) {
        found = false;
        if (end > start && text.charAt(end - 1) == ' ') {
          end--;
          found = true;
        } else if (end - start >= 5 && text.regionMatches(true, end - 5, "(fwd)", 0, 5)) {
          end -= 5;
          reply = true;
          found = true;
        }
      }
    }

    /** Step 3: one {@code subj-leader}. */
    private boolean leader() {
      if (start < end && text.charAt(start) == ' ') {
        start++;
        return true;
      }
      int at = start;
      for (int next = blob(at); next > at; next = blob(at)) {
        at = next;
      }
      int after = refwd(at);
      if (after < 0) {
        return false;
      }
      start = after;
      reply = true;
      return true;
    }

    /** Step 4: a blob goes only if something is left. */
    private boolean blob() {
      int next = blob(start);
      if (next == start || next >= end) {
        return false;
      }
      start = next;
      return true;
    }

    /** Step 6. */
    private boolean forwarded() {
      boolean wrapped =
          end - start >= 6
              && text.regionMatches(true, start, "[fwd:", 0, 5)
              && text.charAt(end - 1) == ']';
      if (wrapped) {
        start += 5;
        end--;
        reply = true;
      }
      return wrapped;
    }

    /** Behind a {@code subj-blob} at {@code at}, or {@code at} when there is none. */
    private int blob(int at) {
      if (at >= end || text.charAt(at) != '[') {
        return at;
      }
      int close = at + 1;
      while (close < end && "[]".indexOf(text.charAt(close)) < 0) {
        close++;
      }
      return close < end && text.charAt(close) == ']' ? skipSpace(close + 1) : at;
    }

    /** Behind a {@code subj-refwd} at {@code at}, or negative. */
    private int refwd(int at) {
      int next = -1;
      for (String word : new String[] {"re", "fwd", "fw"}) {
        if (next < 0
            && end - at >= word.length()
            && text.regionMatches(true, at, word, 0, word.length())) {
          next = at + word.length();
        }
      }
      if (next < 0) {
        return -1;
      }
      next = blob(skipSpace(next));
      return next < end && text.charAt(next) == ':' ? next + 1 : -1;
    }

    private int skipSpace(int at) {
      int next = at;
      while (next < end && text.charAt(next) == ' ') {
        next++;
      }
      return next;
    }
  }
}
