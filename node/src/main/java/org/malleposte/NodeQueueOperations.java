package org.malleposte;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.QueueOperations;
import org.malleposte.handover.HeldCopies;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.schedule.QueueControl;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolRecord;

/** The postmaster's hands on this node's queue. */
final class NodeQueueOperations implements QueueOperations {
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private final Spool spool;
  private final HeldCopies copies;
  private final QueueControl control;
  private final Executor blocking;

  NodeQueueOperations(Spool spool, HeldCopies copies, QueueControl control, Executor blocking) {
    this.spool = spool;
    this.copies = copies;
    this.control = control;
    this.blocking = blocking;
  }

  @Override
  public CompletableFuture<Listing> list(Optional<QueueId> after, int limit) {
    return control
        .list(after, limit)
        .thenApply(
            records ->
                new Listing(
                    records.stream().map(SpoolRecord::entry).toList(), spool.depth().entries()));
  }

  @Override
  public CompletableFuture<AdminAnswer<Shown>> show(QueueId id) {
    return control
        .show(id)
        .thenApplyAsync(
            record ->
                record
                    .<AdminAnswer<Shown>>map(
                        r -> new AdminAnswer.Done<>(new Shown(r.entry(), header(id))))
                    .orElseGet(() -> unknown(id)),
            blocking);
  }

  private String header(QueueId id) {
    try (var in = spool.body(id).open()) {
      var text = new String(in.readNBytes(MAX_HEADER_BYTES), StandardCharsets.UTF_8);
      int end = text.indexOf("\r\n\r\n");
      return end < 0 ? text : text.substring(0, end + 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletableFuture<AdminAnswer<Long>> flush() {
    long waiting = spool.depth().entries();
    control.flush();
    return CompletableFuture.completedFuture(new AdminAnswer.Done<>(waiting));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> flush(QueueId id) {
    if (!spool.contains(id)) {
      return CompletableFuture.completedFuture(unknown(id));
    }
    control.flush(id);
    return CompletableFuture.completedFuture(new AdminAnswer.Done<>(id + " is tried now"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> hold(QueueId id) {
    return control.hold(id).thenApply(found -> told(found, id, " is held"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> release(QueueId id) {
    return control.release(id).thenApply(found -> told(found, id, " is released"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> delete(QueueId id) {
    return control
        .delete(id)
        .thenApply(found -> told(found, id, " is deleted; its sender is not told"));
  }

  @Override
  public CompletableFuture<AdminAnswer<Long>> adopt(NodeName owner) {
    long held = copies.count(owner);
    control.adopt(owner);
    return CompletableFuture.completedFuture(new AdminAnswer.Done<>(held));
  }

  private static AdminAnswer<String> told(boolean found, QueueId id, String sentence) {
    return found ? new AdminAnswer.Done<>(id + sentence) : unknown(id);
  }

  private static <T> AdminAnswer<T> unknown(QueueId id) {
    return new AdminAnswer.Unknown<>("entry " + id);
  }
}
