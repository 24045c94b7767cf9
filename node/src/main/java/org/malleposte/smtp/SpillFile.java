package org.malleposte.smtp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.malleposte.blob.MessageBody;

/**
 * The temporary file of one body. All methods block; the {@link BodyWriter} calls them one at a
 * time, on the lane.
 */
final class SpillFile {
  private final Path file;
  private final FileChannel channel;
  private long position;

  /**
   * @param reservedBytes in front, for {@link #finish}
   */
  SpillFile(Path file, int reservedBytes) throws IOException {
    this.file = file;
    channel = FileChannel.open(file, StandardOpenOption.WRITE);
    position = reservedBytes;
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    var buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  /** Writes what goes in front and hands the file over. Not synced: the commit syncs its own. */
  MessageBody finish(byte[] front) throws IOException {
    var buffer = ByteBuffer.wrap(front);
    long at = 0;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
    channel.close();
    return new MessageBody.InFile(file, position);
  }

  void delete() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
