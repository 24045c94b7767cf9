package org.malleposte;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.QueueOperations;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.schedule.DeliveryScheduler;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolRecord;

/** The postmaster's hands on this node's queue. */
final class NodeQueueOperations implements QueueOperations {
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private final Spool spool;
  private final DeliveryScheduler scheduler;
  private final Executor blocking;

  NodeQueueOperations(Spool spool, DeliveryScheduler scheduler, Executor blocking) {
    this.spool = spool;
    this.scheduler = scheduler;
    this.blocking = blocking;
  }

  @Override
  public CompletableFuture<Listing> list(Optional<QueueId> after, int limit) {
    return CompletableFuture.supplyAsync(
        () -> new Listing(spool.list(after, limit).stream().map(SpoolRecord::entry).toList(), spool.depth().entries()), blocking);
  }

  @Override
  public CompletableFuture<AdminAnswer<Shown>> show(QueueId id) {
    return CompletableFuture.supplyAsync(
        () -> spool.read(id).<AdminAnswer<Shown>>map(r -> new AdminAnswer.Done<>(new Shown(r.entry(), header(id)))).orElseGet(() -> unknown(id)),
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
    scheduler.hurry();
    return CompletableFuture.completedFuture(new AdminAnswer.Done<>((long) spool.depth().entries()));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> flush(QueueId id) {
    if (!spool.contains(id)) {
      return CompletableFuture.completedFuture(unknown(id));
    }
    scheduler.hurry(id);
    return CompletableFuture.completedFuture(new AdminAnswer.Done<>(id + " is tried now"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> hold(QueueId id) {
    return change(id, entry -> held(entry, true), id + " is held");
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> release(QueueId id) {
    return change(id, entry -> held(entry, false), id + " is released");
  }

  private static SpoolEntry held(SpoolEntry entry, boolean held) {
    return new SpoolEntry(
        entry.id(), entry.envelope(), entry.deliveries(), entry.sizeBytes(), entry.attempts(), entry.nextAttempt(), held);
  }

  private CompletableFuture<AdminAnswer<String>> change(QueueId id, UnaryOperator<SpoolEntry> how, String done) {
    return spool
        .update(id, record -> record.withEntry(how.apply(record.entry())))
        .thenApply(
            changed -> {
              if (changed.isEmpty()) {
                return unknown(id);
              }
              scheduler.added(id);
              return new AdminAnswer.Done<>(done);
            });
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> delete(QueueId id) {
    if (!spool.contains(id)) {
      return CompletableFuture.completedFuture(unknown(id));
    }
    return spool.remove(List.of(id), List.of()).thenApply(_ -> new AdminAnswer.Done<>(id + " is deleted; its sender is not told"));
  }

  @Override
  public CompletableFuture<AdminAnswer<Long>> adopt(NodeName owner) {
    return CompletableFuture.completedFuture(new AdminAnswer.Unavailable<>("not yet"));
  }

  private static <T> AdminAnswer<T> unknown(QueueId id) {
    return new AdminAnswer.Unknown<>("entry " + id);
  }
}
