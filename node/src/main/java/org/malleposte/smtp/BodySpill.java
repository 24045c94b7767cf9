package org.malleposte.smtp;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a {@link BodyWriter} that goes to disk: one piece is filled while another is written.
 * Never blocks. Belongs to the connection's thread.
 */
final class BodySpill {
  /** What goes to the file in one piece. */
  static final int PIECE_BYTES = 64 << 10;

  /** What it needs of {@link ReceptionMemory}: two pieces, and a read of the socket on top. */
  static final int MEMORY_BYTES = 3 * PIECE_BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(BodySpill.class);

  private final BodyFiles files;
  private final Executor context;
  private final Runnable onProgress;
  private final CompletableFuture<SpillFile> created;

  /** Done when all pieces so far are written. */
  private CompletableFuture<SpillFile> lastWrite;

  private byte[] filling = new byte[PIECE_BYTES];
  private int length;
  private boolean writing;
  private boolean failed;

  /**
   * @param reservedBytes in front of the file
   * @param context runs tasks on the connection's thread
   * @param onProgress there, after {@link #isCongested} or {@link #hasFailed} may have changed
   */
  BodySpill(int reservedBytes, BodyFiles files, Executor context, Runnable onProgress) {
    this.files = files;
    this.context = context;
    this.onProgress = onProgress;
    created = files.run(() -> new SpillFile(files.create(), reservedBytes));
    lastWrite = created;
  }

  /** Takes {@code piece} over, without copying. */
  void write(byte[] piece, int from, int to) {
    writing = true;
    lastWrite =
        lastWrite.thenCompose(
            file ->
                files.run(
                    () -> {
                      file.append(piece, from, to - from);
                      return file;
                    }));
    lastWrite.whenComplete((_, error) -> context.execute(() -> written(error)));
  }

  void append(byte[] bytes, int offset, int count) {
    if (failed) {
      return;
    }
    if (length + count > filling.length) {
      filling = Arrays.copyOf(filling, length + count);
    }
    System.arraycopy(bytes, offset, filling, length, count);
    length += count;
    writeIfFull();
  }

  boolean isCongested() {
    return writing && length >= PIECE_BYTES;
  }

  boolean hasFailed() {
    return failed;
  }

  CompletableFuture<MessageBody> finish(byte[] front) {
    if (length > 0) {
      writeFilled();
    }
    var done = lastWrite.thenCompose(file -> files.run(() -> file.finish(front)));
    done.whenComplete(
        (_, error) -> {
          if (error != null) {
            LOG.error("cannot write a body to disk", error);
            delete();
          }
        });
    return done;
  }

  /** Deletes the file, after what is being written to it. */
  void delete() {
    // What has been gathered meanwhile is not written any more.
    length = 0;
    lastWrite.whenComplete(
        (_, _) ->
            created.thenCompose(
                file ->
                    files
                        .run(
                            () -> {
                              file.delete();
                              return file;
                            })
                        .whenComplete((_, error) -> warn(error))));
  }

  private void writeIfFull() {
    if (length >= PIECE_BYTES && !writing) {
      writeFilled();
    }
  }

  private void writeFilled() {
    byte[] piece = filling;
    int filled = length;
    // Before the write: that may be done, and told, within the call.
    filling = new byte[PIECE_BYTES];
    length = 0;
    write(piece, 0, filled);
  }

  private void written(Throwable error) {
    writing = false;
    if (error == null) {
      writeIfFull();
    } else if (!failed) {
      LOG.error("cannot write a body to disk", error);
      failed = true;
      filling = new byte[0];
      length = 0;
    }
    onProgress.run();
  }

  private static void warn(Throwable error) {
    if (error != null) {
      LOG.warn("a temporary body file stays until the next start: {}", error.toString());
    }
  }
}
