package org.malleposte.mime;

import java.util.List;
import java.util.Optional;

/**
 * One part of a message, or the message itself, as ranges of the message's bytes.
 *
 * @param header the fields that are kept: {@code Content-*}, and those of the envelope for a
 *     message
 * @param headerStart offset of the first header byte
 * @param bodyStart offset after the header's empty line
 * @param bodyEnd offset after the body; the line break before a boundary belongs to the boundary
 *     (RFC 2046 §5.1.1)
 * @param lines line breaks in the body
 * @param kind what the body is
 */
public record MimePart(
    HeaderBlock header,
    Optional<MimeType> type,
    long headerStart,
    long bodyStart,
    long bodyEnd,
    long lines,
    Kind kind) {

  /** What a body holds. */
  public sealed interface Kind {
    record Leaf() implements Kind {}

    record Multipart(List<MimePart> parts) implements Kind {
      public Multipart {
        parts = List.copyOf(parts);
      }
    }

    record Embedded(MimePart message) implements Kind {}
  }

  public long bodyBytes() {
    return bodyEnd - bodyStart;
  }

  public boolean isText() {
    return kind instanceof Kind.Leaf
        && (type.isEmpty() || type.get().type().equalsIgnoreCase("text"));
  }

  /** The value of {@code name}; of several fields the first counts. */
  public Optional<String> value(String name) {
    return header.first(name).map(HeaderField::value);
  }

  /**
   * Content-Transfer-Encoding as written; {@code 7bit} where it is missing or not one word (RFC
   * 2045 §6.1).
   */
  public String encoding() {
    return value("Content-Transfer-Encoding").flatMap(MimeTypeParser::word).orElse("7bit");
  }
}
