package org.malleposte.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The header of a message or of a part.
 *
 * @param fields in their order, up to {@link MimeLimits#HEADER_MAX_BYTES}
 * @param sizeBytes from the first field to the empty line, which is included
 */
public record HeaderBlock(List<HeaderField> fields, long sizeBytes) {
  public static final HeaderBlock EMPTY = new HeaderBlock(List.of(), 0);

  public HeaderBlock {
    fields = List.copyOf(fields);
  }

  /** Reads up to the empty line, or to the end. Blocks on the stream. */
  public static HeaderBlock read(InputStream in) throws IOException {
    var lines = new LineScanner(in, MimeLimits.HEADER_MAX_BYTES);
    var collector = new HeaderCollector(MimeLimits.HEADER_MAX_BYTES);
    while (lines.next() && !lines.isBlank()) {
      collector.line(lines.kept(), lines.keptBytes());
    }
    return new HeaderBlock(collector.fields(), lines.end());
  }

  /** The last one, as Dovecot takes it where a field that may come once comes often. */
  public Optional<HeaderField> last(String name) {
    return all(name).reduce((a, b) -> b);
  }

  public Optional<HeaderField> first(String name) {
    return all(name).findFirst();
  }

  public Stream<HeaderField> all(String name) {
    return fields.stream().filter(field -> field.is(name));
  }
}
