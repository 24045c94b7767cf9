package org.malleposte.mime;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Of an entity's header what says how its body is to be read, and where the encoding stands.
 * Belongs to one entity.
 */
final class BinaryHeader {
  private static final String TYPE = "Content-Type";
  private static final String ENCODING = "Content-Transfer-Encoding";

  /** Of one of the two fields; a hundred headers may be open at once. */
  private static final int FIELD_MAX_BYTES = 16 * 1024;

  /** Fields of {@code name}: the first one's text, where it is, and how many there are. */
  private static final class Field {
    private final StringBuilder raw = new StringBuilder();
    private long start;
    private long end;
    private int count;
  }

  private final Field type = new Field();
  private final Field encoding = new Field();
  private Optional<Field> current = Optional.empty();

  void line(BinaryLines line) {
    byte first = line.kept()[0];
    String text = new String(line.kept(), 0, line.keptBytes(), StandardCharsets.ISO_8859_1);
    if (first != ' ' && first != '\t') {
      current = begin(text);
      current.ifPresent(field -> field.start = field.count == 1 ? line.start() : field.start);
    }
    current
        .filter(field -> field.count == 1)
        .ifPresent(
            field -> {
              if (field.raw.length() <= FIELD_MAX_BYTES) {
                field.raw.append(text);
              }
              field.end = line.end();
            });
  }

  private Optional<Field> begin(String text) {
    int colon = text.indexOf(':');
    String name = (colon < 0 ? text : text.substring(0, colon)).strip();
    Optional<Field> found =
        name.equalsIgnoreCase(TYPE)
            ? Optional.of(type)
            : name.equalsIgnoreCase(ENCODING) ? Optional.of(encoding) : Optional.empty();
    found.ifPresent(field -> field.count++);
    return found;
  }

  Optional<MimeType> type() {
    return MimeTypeParser.contentType(new HeaderField(TYPE, type.raw.toString()).value());
  }

  /** {@code 7bit} where it is missing or not one word (RFC 2045 §6.1). */
  String encoding() {
    return MimeTypeParser.word(new HeaderField(ENCODING, encoding.raw.toString()).value())
        .orElse("7bit");
  }

  boolean isBinary() {
    return encoding().equalsIgnoreCase("binary");
  }

  /** Whether all readers read it so: what is said twice depends on the reader. */
  boolean isClear() {
    boolean once = encoding.count <= 1 || !isBinary();
    return once && Math.max(type.raw.length(), encoding.raw.length()) <= FIELD_MAX_BYTES;
  }

  BinaryPlan.Edit encodedAs(String other) {
    byte[] field = (ENCODING + ": " + other + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return new BinaryPlan.Edit.Replace(encoding.start, encoding.end, field);
  }
}
