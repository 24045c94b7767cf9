package org.malleposte.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of one message: header, empty line, content; CRLF lines; no dot-stuffing. Can be opened
 * any number of times until closed. Small ones are in memory, large ones in a file of this node.
 */
public sealed interface MessageBody extends AutoCloseable {
  /** Up to this a body travels in one piece: in memory, in a log entry, in a batch. */
  int INLINE_MAX_BYTES = 256 * 1024;

  long sizeBytes();

  /** A new stream from the first byte; the caller closes it. Blocks on disk. */
  InputStream open() throws IOException;

  /** Frees what holds the bytes; the owner calls it once the message is committed or given up. */
  @Override
  void close();

  /** All bytes in memory. The array is the body's from here on. */
  record InMemory(byte[] bytes) implements MessageBody {
    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {}
  }

  /** In a temporary file, which closing deletes. */
  record InFile(Path file, long sizeBytes) implements MessageBody {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }

    @Override
    public void close() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Bytes that someone else keeps, such as a spool's value. */
  record Stored(Source source, long sizeBytes) implements MessageBody {
    /** Opens the kept bytes from the first one. */
    @FunctionalInterface
    public interface Source {
      InputStream open() throws IOException;
    }

    @Override
    public InputStream open() throws IOException {
      return source.open();
    }

    @Override
    public void close() {}
  }

  /**
   * The whole message in memory. For inline ones: of a large one it costs the heap its whole size.
   */
  default byte[] readAll() throws IOException {
    if (this instanceof InMemory(var bytes)) {
      return bytes;
    }
    try (var in = open()) {
      return in.readAllBytes();
    }
  }
}
