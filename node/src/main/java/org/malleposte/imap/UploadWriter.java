package org.malleposte.imap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.malleposte.blob.MessageBody;
import org.malleposte.runtime.BlockingLane;

/**
 * Receives one message from a client: in memory up to {@link MessageBody#INLINE_MAX_BYTES}, then in
 * a file. Every bare LF becomes CRLF, because that is what a line of mail ends with. One call at a
 * time: the next one after the future of the last has ended.
 */
final class UploadWriter {
  private final Path directory;
  private final BlockingLane lane;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private Path file;
  private OutputStream out;
  private long sizeBytes;
  private byte last;

  UploadWriter(Path directory, BlockingLane lane) {
    this.directory = directory;
    this.lane = lane;
  }

  /** Takes bytes; the future ends when more may come. */
  CompletableFuture<Void> write(byte[] bytes) {
    append(bytes);
    return memory.size() <= MessageBody.INLINE_MAX_BYTES
        ? CompletableFuture.completedFuture(null)
        : lane.run(this::spill);
  }

  CompletableFuture<Upload> finish() {
    return file == null
        ? CompletableFuture.completedFuture(
            new Upload(new MessageBody.InMemory(memory.toByteArray())))
        : lane.call(this::finishFile);
  }

  /** Gives up. Blocks on disk only if there is a file. */
  CompletableFuture<Void> abort() {
    return file == null ? CompletableFuture.completedFuture(null) : lane.run(this::deleteFile);
  }

  private void append(byte[] bytes) {
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n' && last != '\r') {
        memory.write(bytes, from, i - from);
        memory.write('\r');
        from = i;
        sizeBytes++;
      }
      last = bytes[i];
    }
    memory.write(bytes, from, bytes.length - from);
    sizeBytes += bytes.length;
  }

  private void spill() {
    try {
      if (out == null) {
        file = Files.createTempFile(directory, "append-", ".eml");
        out = Files.newOutputStream(file);
      }
      memory.writeTo(out);
      memory.reset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Upload finishFile() throws IOException {
    memory.writeTo(out);
    out.close();
    return new Upload(new MessageBody.InFile(file, sizeBytes));
  }

  private void deleteFile() {
    try {
      if (out != null) {
        out.close();
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
