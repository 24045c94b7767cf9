package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** COMPRESS=DEFLATE (RFC 4978). */
class CompressionTest {
  @Test
  void fewBytesThatBecomeManyAreTakenPieceByPiece() throws DataFormatException {
    byte[] zeros = new byte[20 << 20];
    try (var sender = new Compression();
        var receiver = new Compression()) {
      byte[] compressed = sender.deflate(zeros);
      assertThat(compressed.length).isLessThan(64 << 10);
      receiver.add(compressed);
      long sum = 0;
      while (receiver.hasMore()) {
        byte[] piece = receiver.inflate();
        assertThat(piece.length).isLessThanOrEqualTo(Compression.PIECE_BYTES);
        sum += piece.length;
      }
      assertThat(sum).isEqualTo(zeros.length);
    }
  }

  @Test
  void anEndOfTheStreamIsAnError() {
    var deflater = new Deflater(9, true);
    deflater.setInput(new byte[100]);
    deflater.finish();
    byte[] ended = new byte[200];
    int length = deflater.deflate(ended);
    try (var receiver = new Compression()) {
      receiver.add(java.util.Arrays.copyOf(ended, length));
      assertThatThrownBy(receiver::inflate).isInstanceOf(DataFormatException.class);
    }
  }

  @Test
  void bothDirectionsAreCompressed() throws IOException {
    try (var server = ImapFixture.start();
        var client = new Client(server)) {
      assertThat(client.command("COMPRESS LZ4")).last().asString().startsWith("t NO [CANNOT]");
      assertThat(client.command("COMPRESS DEFLATE")).last().asString().startsWith("t OK");
      client.compress();
      assertThat(client.command("NOOP")).containsExactly("t OK Noop completed");
      assertThat(client.command("COMPRESS DEFLATE"))
          .last()
          .asString()
          .contains("COMPRESSIONACTIVE");
      String message = "Subject: x\r\n\r\n" + "0123456789".repeat(60_000) + "\r\n";
      client.send("t APPEND INBOX {" + message.length() + "}\r\n");
      assertThat(client.line()).startsWith("+ ");
      client.send(message + "\r\n");
      assertThat(client.until()).last().asString().startsWith("t OK [APPENDUID");
      assertThat(client.command("SELECT INBOX")).last().asString().startsWith("t OK");
      assertThat(client.command("FETCH 1 BODY.PEEK[TEXT]"))
          .anyMatch(line -> line.equals("0123456789".repeat(60_000)))
          .last()
          .asString()
          .startsWith("t OK");
      // Many at once, which wait while one is worked on.
      client.send("t NOOP\r\n".repeat(20_000));
      for (int i = 0; i < 20_000; i++) {
        assertThat(client.line()).isEqualTo("t OK Noop completed");
      }
    }
  }

  @Test
  void whatIsNotCompressedEndsTheConnection() throws IOException {
    try (var server = ImapFixture.start();
        var client = new Client(server)) {
      assertThat(client.command("COMPRESS DEFLATE")).last().asString().startsWith("t OK");
      client.send("t NOOP\r\nt NOOP\r\n");
      assertThat(client.in.read()).isEqualTo(-1);
    }
  }

  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private OutputStream out;
    private InputStream in;

    Client(ImapFixture server) throws IOException {
      var address = server.address(false);
      socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(20_000);
      out = socket.getOutputStream();
      in = new BufferedInputStream(socket.getInputStream());
      assertThat(line()).startsWith("* OK");
      assertThat(command("LOGIN alice secret")).last().asString().startsWith("t OK");
    }

    void compress() throws IOException {
      out = new DeflaterOutputStream(socket.getOutputStream(), new Deflater(9, true), true);
      in = new InflaterInputStream(socket.getInputStream(), new Inflater(true));
    }

    /**
     * Byte by byte: an inflating stream always says that there is more, and a reader waits for it.
     */
    String line() throws IOException {
      var line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          return null;
        }
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    List<String> command(String text) throws IOException {
      send("t " + text + "\r\n");
      return until();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    List<String> until() throws IOException {
      var lines = new ArrayList<String>();
      for (String line = line(); line != null; line = line()) {
        lines.add(line);
        if (line.startsWith("t ")) {
          break;
        }
      }
      return lines;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
