package org.malleposte.pop3;

import java.util.concurrent.CompletableFuture;

/** A long reply, made piece by piece as the client takes it. One caller, one call at a time. */
interface ChunkSource {
  /** A piece of some tens of kilobytes. */
  int BYTES = 32 * 1024;

  /**
   * @param last whether the reply ends with it
   */
  record Chunk(byte[] bytes, boolean last) {}

  /** Fails when the rest cannot be read. */
  CompletableFuture<Chunk> next();

  /** Frees what it reads from; not while a call of {@link #next} is under way. */
  void close();
}
