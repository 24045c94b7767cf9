package org.malleposte.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mime.MimePart.Kind;

/**
 * Finds the parts of a message in one pass, as offsets. Never fails on content: what is broken is
 * text.
 *
 * <p>Our own and not Mime4j's parser, because a part must be streamed from the store later by
 * offset, and because boundaries are matched as Dovecot does (a prefix is enough, an outer boundary
 * ends all inner parts), so that part numbers agree.
 */
public final class MimeScanner {
  private static final int LINE_KEPT_BYTES = 64 * 1024;

  private final LineScanner lines;
  private final List<byte[]> boundaries = new ArrayList<>();
  private int parts;
  private int headerBytesLeft = MimeLimits.HEADERS_MAX_BYTES;

  private MimeScanner(InputStream in) {
    lines = new LineScanner(in, LINE_KEPT_BYTES);
  }

  /** Reads {@code in} to its end; blocks on it. */
  public static MimePart scan(InputStream in) throws IOException {
    var scanner = new MimeScanner(in);
    var root = new Draft(0, 0);
    scanner.entity(root, 0, false);
    return root.finish();
  }

  /** What ended an entity: the boundary at {@code level} (0 outermost), or -1 for the end. */
  private record Ending(int level, boolean last) {
    static final Ending END = new Ending(-1, true);
  }

  private Ending entity(Draft part, int depth, boolean inDigest) throws IOException {
    parts++;
    Ending cut = header(part);
    if (cut != null) {
      return cut;
    }
    Optional<String> boundary = part.boundary();
    boolean mayNest = depth < MimeLimits.DEPTH_MAX && parts < MimeLimits.PARTS_MAX;
    if (boundary.isPresent() && mayNest) {
      return multipart(part, boundary.get(), depth);
    }
    if (part.isMultipart()) {
      // Without a boundary nothing in it can be told apart.
      Ending ending = skipToBoundary(part);
      part.kind = new Kind.Multipart(List.of());
      return ending;
    }
    if (mayNest && part.isMessage(inDigest)) {
      return embedded(part, depth);
    }
    return leaf(part);
  }

  /** Null when the header ended with an empty line. */
  private Ending header(Draft part) throws IOException {
    var collector = new HeaderCollector(Math.min(headerBytesLeft, MimeLimits.HEADER_MAX_BYTES));
    Ending ending = Ending.END;
    while (lines.next()) {
      if (lines.isBlank()) {
        ending = null;
        break;
      }
      Ending boundary = boundary();
      if (boundary != null) {
        // The message may end within the boundary's line.
        long breaks = lines.breaks() - (lines.breakBytes() > 0 ? 1 : 0);
        part.header(collector.fields(), lines.start(), breaks);
        part.end(lines.start(), breaks);
        return boundary;
      }
      collector.line(lines.kept(), lines.keptBytes());
    }
    part.header(collector.fields(), lines.end(), lines.breaks());
    headerBytesLeft -= part.keptBytes();
    if (ending != null) {
      part.end(lines.end(), lines.breaks());
    }
    return ending;
  }

  private Ending leaf(Draft part) throws IOException {
    Ending ending = skipToBoundary(part);
    part.kind = new Kind.Leaf();
    return ending;
  }

  private Ending multipart(Draft part, String boundary, int depth) throws IOException {
    int level = boundaries.size();
    boundaries.add(("--" + boundary).getBytes(StandardCharsets.ISO_8859_1));
    var children = new ArrayList<MimePart>();
    Ending ending = skipToBoundary(part);
    while (ending.level() == level && !ending.last()) {
      var child = new Draft(lines.end(), lines.breaks());
      ending = entity(child, depth + 1, part.isDigest());
      children.add(child.finish());
      part.end(child.bodyEnd, child.bodyEndBreaks);
    }
    boundaries.remove(level);
    part.kind = new Kind.Multipart(children);
    return ending.level() == level ? skipToBoundary(part) : ending;
  }

  private Ending embedded(Draft part, int depth) throws IOException {
    var child = new Draft(lines.end(), lines.breaks());
    Ending ending = entity(child, depth + 1, false);
    part.end(child.bodyEnd, child.bodyEndBreaks);
    part.kind = new Kind.Embedded(child.finish());
    return ending;
  }

  /** Reads lines up to a boundary; the line break before it is no part of the body. */
  private Ending skipToBoundary(Draft part) throws IOException {
    long end = lines.end();
    long breaks = lines.breaks();
    int lastBreak = 0;
    while (lines.next()) {
      Ending boundary = boundary();
      if (boundary != null) {
        part.end(end - lastBreak, lastBreak > 0 ? breaks - 1 : breaks);
        return boundary;
      }
      end = lines.end();
      breaks = lines.breaks();
      lastBreak = lines.breakBytes();
    }
    part.end(end, breaks);
    return Ending.END;
  }

  /** The boundary that the current line is, the longest where several match; or null. */
  private Ending boundary() {
    byte[] line = lines.kept();
    if (boundaries.isEmpty() || lines.keptBytes() < 2 || line[0] != '-' || line[1] != '-') {
      return null;
    }
    int best = -1;
    for (int level = boundaries.size() - 1; level >= 0; level--) {
      byte[] boundary = boundaries.get(level);
      if (startsWith(line, lines.keptBytes(), boundary)
          && (best < 0 || boundary.length > boundaries.get(best).length)) {
        best = level;
      }
    }
    if (best < 0) {
      return null;
    }
    int after = boundaries.get(best).length;
    boolean last = lines.keptBytes() >= after + 2 && line[after] == '-' && line[after + 1] == '-';
    // Beyond the limit no further part begins: its boundary is text of the last one.
    return last || parts < MimeLimits.PARTS_MAX ? new Ending(best, last) : null;
  }

  private static boolean startsWith(byte[] line, int length, byte[] prefix) {
    if (length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (line[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** A part while it is read. */
  private static final class Draft {
    private final long headerStart;
    private HeaderBlock header = HeaderBlock.EMPTY;
    private Optional<MimeType> type = Optional.empty();
    private long bodyStart;
    private long bodyStartBreaks;
    private long bodyEnd;
    private long bodyEndBreaks;
    private Kind kind = new Kind.Leaf();

    Draft(long headerStart, long breaks) {
      this.headerStart = headerStart;
      bodyStart = headerStart;
      bodyStartBreaks = breaks;
      end(headerStart, breaks);
    }

    void header(List<HeaderField> fields, long end, long breaks) {
      var kept = fields.stream().filter(Draft::isKept).toList();
      header = new HeaderBlock(kept, end - headerStart);
      bodyStart = end;
      bodyStartBreaks = breaks;
      end(end, breaks);
      type =
          header.first("Content-Type").map(HeaderField::value).flatMap(MimeTypeParser::contentType);
    }

    void end(long offset, long breaks) {
      bodyEnd = Math.max(offset, bodyStart);
      bodyEndBreaks = Math.max(breaks, bodyStartBreaks);
    }

    int keptBytes() {
      return header.fields().stream().mapToInt(field -> field.raw().length()).sum();
    }

    Optional<String> boundary() {
      return type.filter(MimeType::isMultipart)
          .flatMap(t -> t.parameter("boundary"))
          .map(Draft::trimmed)
          .filter(boundary -> !boundary.isEmpty());
    }

    boolean isMessage(boolean inDigest) {
      return type.map(MimeType::isMessage).orElse(inDigest);
    }

    boolean isMultipart() {
      return type.map(MimeType::isMultipart).orElse(false);
    }

    boolean isDigest() {
      return type.map(t -> t.is("multipart", "digest")).orElse(false);
    }

    MimePart finish() {
      return new MimePart(
          header, type, headerStart, bodyStart, bodyEnd, bodyEndBreaks - bodyStartBreaks, kind);
    }

    private static String trimmed(String boundary) {
      String text = boundary.stripTrailing();
      return text.substring(0, Math.min(text.length(), MimeLimits.BOUNDARY_MAX_BYTES));
    }

    private static boolean isKept(HeaderField field) {
      String name = field.name().toLowerCase(Locale.ROOT);
      return name.startsWith("content-")
          || switch (name) {
            case "date",
                "subject",
                "from",
                "sender",
                "reply-to",
                "to",
                "cc",
                "bcc",
                "in-reply-to",
                "message-id" ->
                true;
            default -> false;
          };
    }
  }
}
