package org.malleposte.tables;

/** Reads tables of pairs as {@code makemap} does: key, white space, value. */
final class PairReader {
  /** Looks at a pair; says what is wrong with it to the file. */
  interface Check {
    /** Whether the entry may be used. */
    boolean accept(int line, String key, String value);
  }

  private final TableFile file;
  private final Check check;
  private final LineTable.Builder entries;

  PairReader(TableFile file, Check check) {
    this.file = file;
    this.check = check;
    this.entries = new LineTable.Builder(file.name());
  }

  LineTable read() {
    file.read(this::line);
    return entries.build();
  }

  private void line(int number, String text) {
    if (TableFile.isComment(text)) {
      return;
    }
    if (Character.isWhitespace(text.charAt(0))) {
      file.error(number, "begins with white space", "put the key at the beginning of the line");
      return;
    }
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String key = text.substring(0, end);
    String value = text.substring(end).strip();
    if (value.isEmpty()) {
      file.error(number, "no value for " + key, "write key, tab, value");
    } else if (check.accept(number, key, value) && !entries.add(number, key, value)) {
      file.warn(
          number,
          key + " is already in line " + entries.get(key).line() + ", which counts",
          "remove one of the two");
    }
  }
}
