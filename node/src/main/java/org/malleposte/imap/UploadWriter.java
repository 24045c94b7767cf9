package org.malleposte.imap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.malleposte.blob.MessageBody;
import org.malleposte.imap.LiteralConversion.Outcome;
import org.malleposte.runtime.BlockingLane;

/**
 * Receives one message from a client: in memory up to a limit, then in a file. Every bare LF
 * becomes CRLF, because that is what a line of mail ends with. One call at a time: the next one
 * after the future of the last has ended; only {@link #abort} may come at any time, and waits for
 * what runs.
 */
final class UploadWriter {
  private final UploadDirectory directory;
  private final BlockingLane lane;
  private final long memoryMaxBytes;
  private final boolean binary;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private CompletableFuture<?> running = CompletableFuture.completedFuture(null);
  private Path file;
  private OutputStream out;
  private long sizeBytes;
  private byte last;

  /**
   * @param inMemoryBytes of the command's messages before this one: all of them together may hold
   *     {@link MessageBody#INLINE_MAX_BYTES}
   * @param binary bytes are taken as they are, and converted at the end
   */
  UploadWriter(UploadDirectory directory, BlockingLane lane, long inMemoryBytes, boolean binary) {
    this.directory = directory;
    this.lane = lane;
    this.binary = binary;
    memoryMaxBytes = MessageBody.INLINE_MAX_BYTES - inMemoryBytes;
  }

  /** Takes bytes; the future ends when more may come. A full lane is a failure too. */
  CompletableFuture<Void> write(byte[] bytes) {
    append(bytes);
    if (memory.size() <= memoryMaxBytes) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      CompletableFuture<Void> spilling = lane.run(this::spill);
      running = spilling;
      return spilling;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  CompletableFuture<Outcome> finish() {
    if (file == null && !binary) {
      return CompletableFuture.completedFuture(
          new Outcome.Taken(new Upload(new MessageBody.InMemory(memory.toByteArray()))));
    }
    try {
      CompletableFuture<Outcome> finishing = lane.call(this::finishOnLane);
      running = finishing;
      return finishing;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Gives up, and leaves nothing behind. */
  CompletableFuture<Void> abort() {
    // A spill that runs may be about to make the file: only after it is known what to delete.
    return running.handle((done, failure) -> file).thenCompose(this::delete);
  }

  private CompletableFuture<Void> delete(Path written) {
    if (written == null) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      return lane.run(this::deleteFile);
    } catch (RejectedExecutionException e) {
      // Rare, and short: better than a file that stays until the next start.
      deleteFile();
      return CompletableFuture.completedFuture(null);
    }
  }

  private void append(byte[] bytes) {
    int from = 0;
    for (int i = 0; i < bytes.length && !binary; i++) {
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
        file = directory.create();
        out = Files.newOutputStream(file);
      }
      memory.writeTo(out);
      memory.reset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome finishOnLane() throws IOException {
    MessageBody body = finished();
    if (!binary) {
      return new Outcome.Taken(new Upload(body));
    }
    Outcome outcome = new LiteralConversion(directory, memoryMaxBytes).convert(body);
    if (outcome instanceof Outcome.Taken(var upload)
        && upload.body() instanceof MessageBody.InFile(Path converted, long _)) {
      // Another than what came: the one to delete if nobody takes it.
      file = converted;
    }
    return outcome;
  }

  private MessageBody finished() throws IOException {
    if (file == null) {
      return new MessageBody.InMemory(memory.toByteArray());
    }
    memory.writeTo(out);
    out.close();
    return new MessageBody.InFile(file, sizeBytes);
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
