package org.malleposte.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mime.BinaryBoundaries.Found;
import org.malleposte.mime.BinaryPlan.Edit;

/**
 * Finds in one pass how a message that was sent in binary (RFC 3030 §3) becomes one of lines: parts
 * in {@code binary} are to become base64; text that is lines already, and composites, which may
 * have no encoding (RFC 2045 §6.4), are called {@code 8bit} or {@code 7bit}.
 *
 * <p>Stricter than {@link MimeScanner}: a boundary is a whole line between CRLFs, or bytes of a
 * part that look like one would end it. CR, LF and lines outside of parts in binary must be those
 * of any other mail.
 */
public final class BinaryScanner {
  /** What a message is. */
  public sealed interface Scanned {
    record Convertible(BinaryPlan plan) implements Scanned {}

    record NotConvertible(Reason why) implements Scanned {}
  }

  /** Why a message cannot become one of lines. */
  public enum Reason {
    /** A bare CR or LF is outside of a part in binary that may be encoded. */
    BARE_END_OF_LINE,
    LINE_TOO_LONG,
    /** Beyond {@link MimeLimits}, or an encoding is said twice. */
    NOT_CLEAR
  }

  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1;
    private final Reason why;

    Stop(Reason why) {
      super(why.name(), null, false, false);
      this.why = why;
    }
  }

  /** A header or a body while it is read. */
  private static final class Body {
    private final long start;
    private long end;
    private boolean eightBit;

    /** What {@code 8bit} may hold (RFC 2045 §2.8). */
    private boolean lines = true;

    /** Its last line is not broken off. */
    private boolean whole = true;

    Body(long start) {
      this.start = start;
      end = start;
    }
  }

  private record Entity(Found ending, boolean eightBit) {}

  private static final int EIGHT_BIT_LINE_MAX = 998 + 2; // RFC 2045 §2.8

  private final BinaryLines lines;
  private final int lineMaxOctets;
  private final BinaryBoundaries boundaries = new BinaryBoundaries();
  private final List<Edit> edits = new ArrayList<>();
  private int parts;

  private BinaryScanner(InputStream in, int lineMaxOctets) {
    lines = new BinaryLines(in);
    this.lineMaxOctets = lineMaxOctets;
  }

  /**
   * Reads {@code in} to its end; blocks on it.
   *
   * @param lineMaxOctets of a line outside of parts in binary, with its CRLF
   */
  public static Scanned scan(InputStream in, int lineMaxOctets) throws IOException {
    var scanner = new BinaryScanner(in, lineMaxOctets);
    try {
      scanner.entity(0, false);
    } catch (Stop stop) {
      return new Scanned.NotConvertible(stop.why);
    }
    // An outer header is decided on after what it is about.
    scanner.edits.sort(Comparator.comparingLong(Edit::from));
    return new Scanned.Convertible(BinaryPlan.of(scanner.edits, scanner.lines.end()));
  }

  private Entity entity(int depth, boolean inDigest) throws IOException, Stop {
    if (depth > MimeLimits.DEPTH_MAX || ++parts > MimeLimits.PARTS_MAX) {
      throw new Stop(Reason.NOT_CLEAR);
    }
    var header = new BinaryHeader();
    var head = new Body(lines.end());
    Optional<Found> cut = header(header, head);
    if (!header.isClear()) {
      throw new Stop(Reason.NOT_CLEAR);
    }
    Entity body =
        cut.isPresent()
            ? named(header, new Entity(cut.get(), false))
            : body(header, depth, inDigest);
    return new Entity(body.ending(), head.eightBit || body.eightBit());
  }

  /** Empty when the header ended with an empty line. */
  private Optional<Found> header(BinaryHeader header, Body head) throws IOException, Stop {
    while (lines.next()) {
      if (lines.isBlank()) {
        return Optional.empty();
      }
      Optional<Found> boundary = boundaries.in(lines);
      if (boundary.isPresent()) {
        return boundary;
      }
      check(head);
      if (lines.end() - head.start > MimeLimits.HEADER_MAX_BYTES) {
        throw new Stop(Reason.NOT_CLEAR);
      }
      header.line(lines);
    }
    return Optional.of(Found.END);
  }

  private Entity body(BinaryHeader header, int depth, boolean inDigest) throws IOException, Stop {
    Optional<MimeType> type = header.type();
    boolean identity = List.of("7bit", "8bit", "binary").contains(lower(header.encoding()));
    Optional<byte[]> boundary = type.flatMap(BinaryBoundaries::of);
    if (boundary.isPresent()) {
      boolean digest = type.get().is("multipart", "digest");
      return named(header, multipart(boundary.get(), depth, digest));
    }
    if (identity && type.map(MimeType::isMessage).orElse(inDigest)) {
      return named(header, entity(depth + 1, false));
    }
    boolean composite =
        type.filter(t -> t.isMultipart() || t.type().equalsIgnoreCase("message")).isPresent();
    if (composite || !header.isBinary()) {
      var text = new Body(lines.end());
      return named(header, new Entity(text(text), text.eightBit));
    }
    return binary(header, type.map(t -> t.type().equalsIgnoreCase("text")).orElse(true));
  }

  /** What was called binary is lines now, or was already. */
  private Entity named(BinaryHeader header, Entity entity) {
    if (header.isBinary()) {
      edits.add(header.encodedAs(entity.eightBit() ? "8bit" : "7bit"));
    }
    return entity;
  }

  private Entity multipart(byte[] boundary, int depth, boolean digest) throws IOException, Stop {
    int level = boundaries.open(boundary);
    var around = new Body(lines.end());
    Found ending = text(around);
    boolean eightBit = false;
    while (ending.level() == level && !ending.last()) {
      Entity child = entity(depth + 1, digest);
      eightBit |= child.eightBit();
      ending = child.ending();
    }
    boundaries.close(level);
    if (ending.level() == level) {
      ending = text(around);
    }
    return new Entity(ending, eightBit || around.eightBit);
  }

  /** Lines up to a boundary, as they are. */
  private Found text(Body body) throws IOException, Stop {
    while (lines.next()) {
      Optional<Found> boundary = boundaries.in(lines);
      if (boundary.isPresent()) {
        return boundary.get();
      }
      check(body);
    }
    return Found.END;
  }

  /**
   * Text that is lines stays text: it can be read and searched, and does not grow. Of other types
   * the bytes count, and lines are what programs on the way feel free to change.
   */
  private Entity binary(BinaryHeader header, boolean isText) throws IOException {
    var body = new Body(lines.end());
    Found ending = bytes(body);
    boolean atEnd = ending.isEnd();
    if (isText && body.lines && (body.whole || !atEnd)) {
      return named(header, new Entity(ending, body.eightBit));
    }
    edits.add(header.encodedAs("base64"));
    edits.add(new Edit.Encode(body.start, body.end));
    if (atEnd && body.end > body.start) {
      edits.add(new Edit.Replace(body.end, body.end, BinaryPlan.CRLF));
    }
    return new Entity(ending, false);
  }

  /** Any bytes up to a boundary; the CRLF before it is no part of them (RFC 2046 §5.1.1). */
  private Found bytes(Body body) throws IOException {
    while (lines.next()) {
      Optional<Found> boundary = boundaries.in(lines);
      if (boundary.isPresent()) {
        body.end = Math.max(body.start, lines.start() - BinaryPlan.CRLF.length);
        return boundary.get();
      }
      body.lines &=
          lines.isLine()
              && !lines.hasNul()
              && lines.length() <= EIGHT_BIT_LINE_MAX
              && !boundaries.resembles(lines);
      body.eightBit |= lines.isEightBit();
      body.whole = !lines.isAtEnd();
      body.end = lines.end();
    }
    return Found.END;
  }

  private void check(Body body) throws Stop {
    if (!lines.isLine()) {
      throw new Stop(Reason.BARE_END_OF_LINE);
    }
    if (lines.length() > lineMaxOctets) {
      throw new Stop(Reason.LINE_TOO_LONG);
    }
    body.eightBit |= lines.isEightBit();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
