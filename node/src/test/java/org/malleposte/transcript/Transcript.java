package org.malleposte.transcript;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A dialogue of a line protocol, as a file under {@code src/test/resources}. Each line is one of
 *
 * <pre>
 * # a comment
 * #! skip tls pipelined      ways in which this one cannot be played
 * C: text                    the client sends text and CRLF; nothing is escaped
 * C- te\xfft\r               the client sends just these bytes; \r \n \t \\ \xHH are escapes
 * S: text                    the server's next line begins with text
 * S= text                    it is exactly text
 * S: /regex/                 it matches whole; named groups become variables
 * S: ...                     any lines, until one matches the next S line
 * C! starttls                the client upgrades to TLS
 * C! close                   the client closes its socket
 * C! reset                   the client resets it
 * S! closed                  the server has closed
 * --                         all answers so far have come before the client goes on
 * 2C: text   2S: text        the same on a second connection, up to 9
 * </pre>
 *
 * <p>{@code ${name}} is a variable: given by the test, or a named group of an earlier line. A
 * connection opens at its first line.
 */
public record Transcript(String name, List<TranscriptLine> lines, Set<Way> skipped) {
  /** How the client's bytes are sent. */
  public enum Way {
    /** A write a line, each after the answers before it. */
    WHOLE,
    /** A write a byte. */
    BYTE_BY_BYTE,
    /** One write for all lines up to {@code --}, a TLS upgrade, a close or another connection. */
    PIPELINED,
    /** As {@link #WHOLE}, over TLS from the first byte. */
    TLS
  }

  public Transcript {
    Objects.requireNonNull(name);
    lines = List.copyOf(lines);
    skipped = Set.copyOf(skipped);
  }

  public boolean plays(Way way) {
    return !skipped.contains(way);
  }

  /** The ways that {@link #plays}. */
  public Set<Way> ways() {
    var ways = EnumSet.allOf(Way.class);
    ways.removeAll(skipped);
    return ways;
  }

  @Override
  public String toString() {
    return name;
  }

  /**
   * All transcripts of a resource directory, by name.
   *
   * @param directory such as {@code smtp}
   * @param extension such as {@code .smtp}
   */
  public static List<Transcript> in(String directory, String extension) {
    var url = Transcript.class.getClassLoader().getResource(directory);
    Objects.requireNonNull(url, () -> "no such test resource: " + directory);
    try (Stream<Path> files = Files.list(Path.of(url.toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(extension))
          .sorted()
          .map(Transcript::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Transcript read(Path file) {
    try {
      return TranscriptParser.parse(String.valueOf(file.getFileName()), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
