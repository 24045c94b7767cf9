package org.malleposte.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;

/** Messages with parts in binary, made at random, and what Mime4j finds in a message. */
public final class BinaryMails {
  /** What a part ends with, whoever reads it. */
  private static final Pattern BOUNDARY =
      Pattern.compile("(?:\\A|\\r\\n)--bound\\d+[.](?:--)?[ \\t]*(?:\\r\\n|\\z)");

  private static final String[] PIECES = {
    "\r",
    "\n",
    "\r\n",
    "\0",
    "\u00ff",
    "--",
    "-",
    "\n--bound0.\r\n",
    "\r--bound0.\r\n",
    "\r\n--bound1.x\r\n",
    "\r\n--boun",
    "\n\n",
    "\r\n.\r\n",
    "From ",
    "Content-Type: text/plain\r\n",
    "\r\n\r\n",
    "some words "
  };

  private final Random random;
  private final int leafMaxBytes;
  private final List<byte[]> leaves = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private int boundaries;

  private BinaryMails(Random random, int leafMaxBytes) {
    this.random = random;
    this.leafMaxBytes = leafMaxBytes;
  }

  /**
   * @param leaves what its parts hold, in their order
   */
  public record Mail(byte[] message, List<byte[]> leaves) {}

  public static Mail random(Random random, int leafMaxBytes) {
    var made = new BinaryMails(random, leafMaxBytes);
    made.text.append("Subject: made at random\r\nMIME-Version: 1.0\r\n");
    made.entity(0);
    return new Mail(made.text.toString().getBytes(ISO_8859_1), made.leaves);
  }

  private void entity(int depth) {
    int kind = random.nextInt(depth > 3 ? 3 : 6);
    switch (kind) {
      case 0 -> leaf("text/plain", "8bit", words() + "\u00e9" + words());
      case 1 -> leaf("text/plain", "binary", random.nextBoolean() ? words() : bytes());
      case 2 ->
          leaf("application/octet-stream", random.nextBoolean() ? "BINARY" : "Binary", bytes());
      case 3 -> {
        header("message/rfc822", random.nextBoolean() ? "binary" : "8bit");
        text.append("Subject: within\r\n");
        entity(depth + 1);
      }
      default -> multipart(depth);
    }
  }

  private void leaf(String type, String encoding, String content) {
    header(type, encoding);
    text.append(content);
    leaves.add(content.getBytes(ISO_8859_1));
  }

  private void header(String type, String encoding) {
    String field =
        switch (random.nextInt(3)) {
          case 0 -> "Content-Transfer-Encoding: " + encoding + "\r\n";
          case 1 -> "content-transfer-encoding:\r\n  " + encoding + " (as it is)\r\n";
          default -> "CONTENT-TRANSFER-ENCODING :" + encoding + "\r\n";
        };
    String other = "Content-Type: " + type + "\r\n";
    text.append(random.nextBoolean() ? other + field : field + other).append("\r\n");
  }

  private void multipart(int depth) {
    String boundary = "bound" + boundaries++ + ".";
    int parts = 1 + random.nextInt(3);
    header(
        "multipart/mixed;\r\n\tboundary=\"" + boundary + "\"",
        random.nextBoolean() ? "binary" : "8bit");
    text.append(random.nextBoolean() ? "preamble\r\n" : "");
    for (int i = 0; i < parts; i++) {
      text.append(i > 0 || random.nextBoolean() ? "\r\n--" : "--").append(boundary);
      text.append(random.nextInt(4) == 0 ? " \t\r\n" : "\r\n");
      entity(depth + 1);
    }
    text.append("\r\n--").append(boundary).append("--");
    text.append(random.nextBoolean() ? "\r\n" : "\r\nepilogue");
  }

  private String words() {
    var words = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      words.append(random.nextInt(5) == 0 ? "words\r\n" : "words ");
    }
    return words.toString();
  }

  private String bytes() {
    int size = random.nextInt(leafMaxBytes + 1);
    var bytes = new StringBuilder();
    while (bytes.length() < size) {
      if (random.nextInt(4) == 0) {
        bytes.append(PIECES[random.nextInt(PIECES.length)]);
      } else {
        bytes.append((char) random.nextInt(256));
      }
    }
    String made = bytes.toString();
    for (var found = BOUNDARY.matcher(made); found.find(); found = BOUNDARY.matcher(made)) {
      made = found.replaceAll("no boundary");
    }
    return made;
  }

  /** The decoded content of all leaves. */
  public static List<byte[]> leavesOf(byte[] message) throws IOException {
    var stream = new MimeTokenStream(MimeConfig.PERMISSIVE);
    stream.parse(new ByteArrayInputStream(message));
    var leaves = new ArrayList<byte[]>();
    try {
      for (var state = stream.getState();
          state != EntityState.T_END_OF_STREAM;
          state = stream.next()) {
        if (state == EntityState.T_BODY) {
          leaves.add(stream.getDecodedInputStream().readAllBytes());
        }
      }
    } catch (MimeException e) {
      throw new IOException(e);
    }
    return leaves;
  }

  /** The same, by the offsets that IMAP uses. */
  static List<byte[]> leavesByOffset(byte[] message) throws IOException {
    var leaves = new ArrayList<byte[]>();
    collect(MimeScanner.scan(new ByteArrayInputStream(message)), message, leaves);
    return leaves;
  }

  private static void collect(MimePart part, byte[] message, List<byte[]> leaves) {
    switch (part.kind()) {
      case MimePart.Kind.Multipart(var parts) -> parts.forEach(p -> collect(p, message, leaves));
      case MimePart.Kind.Embedded(var within) -> collect(within, message, leaves);
      case MimePart.Kind.Leaf _ -> {
        var body =
            java.util.Arrays.copyOfRange(message, (int) part.bodyStart(), (int) part.bodyEnd());
        leaves.add(
            part.encoding().equals("base64")
                ? java.util.Base64.getMimeDecoder().decode(body)
                : body);
      }
    }
  }

  /** Whether a CR or LF stands alone, or there is a NUL or a line of more than 998 octets. */
  public static boolean isLines(byte[] message) {
    String all = new String(message, ISO_8859_1);
    String without = all.replace("\r\n", "");
    return without.indexOf('\r') < 0
        && without.indexOf('\n') < 0
        && without.indexOf('\0') < 0
        && all.lines().allMatch(line -> line.length() <= 998);
  }

  /** By a plan, or null where there can be none. */
  static byte[] converted(byte[] message, Random random) throws IOException {
    return switch (BinaryScanner.scan(slow(message, random), 1_000)) {
      case BinaryScanner.Scanned.NotConvertible _ -> null;
      case BinaryScanner.Scanned.Convertible(var plan) -> {
        var out = new ByteArrayOutputStream();
        BinaryWriter.write(slow(message, random), plan, out);
        if (out.size() != plan.sizeBytes()) {
          throw new AssertionError(out.size() + " bytes, planned " + plan.sizeBytes());
        }
        yield out.toByteArray();
      }
    };
  }

  /** Gives a few bytes at a time. */
  private static InputStream slow(byte[] message, Random random) {
    return new FilterInputStream(new ByteArrayInputStream(message)) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(20)));
      }
    };
  }
}
