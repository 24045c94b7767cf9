package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.MimeScanner;

/** Every message of {@code mime/}, as Dovecot 2.3 answered for it: see {@code oracle.py}. */
class StructureOracleTest {
  static Stream<String> messages() throws IOException, URISyntaxException {
    Path directory = directory();
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".eml"))
              .map(name -> name.substring(0, name.length() - 4))
              .sorted()
              .toList();
      return names.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void answersAsDovecot(String name) throws IOException {
    byte[] message = read(name + ".eml");
    var part = MimeScanner.scan(new ByteArrayInputStream(message));
    var header = HeaderBlock.read(new ByteArrayInputStream(message));
    String ours =
        EnvelopeWriter.write(header)
            + "\n"
            + StructureWriter.write(part, false)
            + "\n"
            + StructureWriter.write(part, true)
            + "\n";
    String dovecots = new String(read(name + ".txt"), StandardCharsets.ISO_8859_1);
    assertThat(quoted(ours)).isEqualTo(quoted(dovecots));
    assertThat(EnvelopeWriter.write(part.header())).isEqualTo(EnvelopeWriter.write(header));
  }

  /** A literal and a quoted string say the same; Dovecot chooses literals more often. */
  private static String quoted(String text) {
    var out = new StringBuilder();
    Matcher literal = Pattern.compile("\\{(\\d+)}\r\n").matcher(text);
    int from = 0;
    while (literal.find(from)) {
      int end = literal.end() + Integer.parseInt(literal.group(1));
      out.append(text, from, literal.start()).append('"');
      out.append(text.substring(literal.end(), end).replaceAll("([\"\\\\])", "\\\\$1"));
      out.append('"');
      from = end;
    }
    return out.append(text.substring(from)).toString();
  }

  private static byte[] read(String file) {
    try {
      return Files.readAllBytes(directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path directory() {
    try {
      return Path.of(StructureOracleTest.class.getClassLoader().getResource("mime").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
