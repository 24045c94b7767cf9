package org.malleposte.pop3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.malleposte.line.DotEncoder;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A message, or its top, dot-stuffed and ended (RFC 1939 §3). Reads on the lane. */
final class MessageChunks implements ChunkSource {
  private static final Logger LOG = LoggerFactory.getLogger(MessageChunks.class);

  /** How the opening of a message ended. */
  sealed interface Opening {
    record Opened(MessageChunks chunks, long sizeBytes) implements Opening {}

    /** It was expunged by another session. */
    record Gone() implements Opening {}

    record Failed() implements Opening {}
  }

  private final InputStream body;
  private final MessageTop top;
  private final BlockingLane lane;
  private final DotEncoder encoder = new DotEncoder();
  private final byte[] buffer = new byte[BYTES];

  /**
   * @param bodyLines how many after the header; empty: all
   */
  MessageChunks(InputStream body, OptionalLong bodyLines, BlockingLane lane) {
    this.body = body;
    this.top = new MessageTop(bodyLines.orElse(Long.MAX_VALUE));
    this.lane = lane;
  }

  @Override
  public CompletableFuture<Chunk> next() {
    try {
      return lane.call(this::read);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    try {
      lane.run(this::closeBody);
    } catch (RejectedExecutionException e) {
      closeBody(); // rather block for a moment than leak it
    }
  }

  private Chunk read() throws IOException {
    int length = body.readNBytes(buffer, 0, BYTES);
    int shown = top.take(buffer, length);
    var out = new ByteArrayOutputStream(shown + 64);
    encoder.encode(buffer, 0, shown, out::write);
    boolean last = length < BYTES || top.isDone();
    if (last) {
      encoder.end(out::write);
    }
    return new Chunk(out.toByteArray(), last);
  }

  private void closeBody() {
    try {
      body.close();
    } catch (IOException e) {
      LOG.warn("a message did not close", e);
    }
  }
}
