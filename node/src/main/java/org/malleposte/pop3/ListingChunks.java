package org.malleposte.pop3;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** One line for each message that is not deleted, ended by a dot. */
final class ListingChunks implements ChunkSource {
  private final Maildrop drop;
  private final IntFunction<String> entry;
  private int number = 1;

  private ListingChunks(Maildrop drop, IntFunction<String> entry) {
    this.drop = drop;
    this.entry = entry;
  }

  static ListingChunks ofSizes(Maildrop drop) {
    return new ListingChunks(drop, number -> Long.toString(drop.size(number)));
  }

  static ListingChunks ofUniqueIds(Maildrop drop) {
    return new ListingChunks(drop, drop::uniqueId);
  }

  @Override
  public CompletableFuture<Chunk> next() {
    var text = new StringBuilder();
    while (number <= drop.last() && text.length() < BYTES) {
      if (drop.has(number)) {
        text.append(number).append(' ').append(entry.apply(number)).append("\r\n");
      }
      number++;
    }
    boolean last = number > drop.last();
    if (last) {
      text.append(".\r\n");
    }
    return CompletableFuture.completedFuture(
        new Chunk(text.toString().getBytes(StandardCharsets.US_ASCII), last));
  }

  @Override
  public void close() {}
}
