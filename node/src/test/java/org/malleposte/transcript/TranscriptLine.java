package org.malleposte.transcript;

/** One line of a {@link Transcript}. */
public sealed interface TranscriptLine {
  /** Line number in the file, from 1. */
  int number();

  /** Which connection, from 1; 0 for a barrier, which concerns all. */
  int connection();

  /**
   * @param text variables not yet filled in
   * @param escaped {@code C-}: escapes are undone and no CRLF follows
   */
  record Send(int number, int connection, String text, boolean escaped) implements TranscriptLine {}

  record Expect(int number, int connection, Match match, String text) implements TranscriptLine {}

  record StartTls(int number, int connection) implements TranscriptLine {}

  record Close(int number, int connection, boolean reset) implements TranscriptLine {}

  record ExpectClosed(int number, int connection) implements TranscriptLine {}

  record Barrier(int number) implements TranscriptLine {
    @Override
    public int connection() {
      return 0;
    }
  }

  /** How an expected line is compared. */
  enum Match {
    PREFIX,
    EXACT,
    REGEX,
    /** Any number of lines, until one matches the next expectation. */
    ANY
  }
}
