package org.malleposte.reload;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part of a reload: it reads the files and holds them, until it is told to put them in
 * force or to forget them. Holds one reload at a time, the last that was prepared, and not for
 * ever. Thread-safe; the files are read on the lane.
 */
final class ReloadService {
  static final String PREPARE = "reload.prepare";
  static final String SWITCH = "reload.switch";
  static final String DROP = "reload.drop";

  /** Of what is held: whoever prepared it may have died. */
  static final Duration HOLD = Duration.ofMinutes(1);

  private static final int MAX_ID_BYTES = 64;
  private static final Logger LOG = LoggerFactory.getLogger(ReloadService.class);

  private final LocalReload local;
  private final BlockingLane lane;
  private final Timers timers;
  // What is read and not in force yet. Guarded by this.
  private Optional<Held> held = Optional.empty();
  private Optional<Done> done = Optional.empty(); // guarded by this

  private record Held(String id, LocalReload.Switch change, Timers.Timer end) {}

  /** The last switch: it may be asked for again when its answer was lost. */
  private record Done(String id, ReloadAnswer answer) {}

  ReloadService(LocalReload local, BlockingLane lane, Timers timers) {
    this.local = local;
    this.lane = lane;
    this.timers = timers;
  }

  void offer(NodeLink link) {
    link.serve(PREPARE, (from, request) -> onLane(() -> prepare(from, id(request))));
    link.serve(SWITCH, (_, request) -> onLane(() -> change(id(request))));
    link.serve(
        DROP,
        (_, request) ->
            onLane(
                () -> {
                  drop(id(request));
                  return new ReloadAnswer.NotHeld();
                }));
  }

  private interface Phase {
    ReloadAnswer run();
  }

  private CompletableFuture<byte[]> onLane(Phase phase) {
    try {
      return lane.call(() -> phase.run().encode());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static String id(byte[] request) {
    if (request.length == 0 || request.length > MAX_ID_BYTES) {
      throw new IllegalArgumentException("a reload without an id");
    }
    return new String(request, StandardCharsets.US_ASCII);
  }

  private ReloadAnswer prepare(NodeName from, String id) {
    return switch (local.prepare()) {
      case LocalReload.Prepared.Mistaken(var mistakes) -> new ReloadAnswer.Mistaken(mistakes);
      case LocalReload.Prepared.Ready(var warnings, var change) -> {
        LOG.info("reload {} of {} is prepared", id, from);
        hold(id, change);
        yield new ReloadAnswer.Ready(warnings);
      }
    };
  }

  private synchronized void hold(String id, LocalReload.Switch change) {
    held.ifPresent(before -> before.end.cancel());
    held = Optional.of(new Held(id, change, timers.after(HOLD, () -> drop(id))));
  }

  private synchronized ReloadAnswer change(String id) {
    if (done.filter(d -> d.id.equals(id)).isPresent()) {
      return done.get().answer;
    }
    if (held.filter(h -> h.id.equals(id)).isEmpty()) {
      return new ReloadAnswer.NotHeld();
    }
    Held now = held.get();
    now.end.cancel();
    held = Optional.empty();
    LocalReload.Switched switched = now.change.now();
    var answer = new ReloadAnswer.Switched(switched.what(), switched.warnings());
    done = Optional.of(new Done(id, answer));
    LOG.info("reload {} is in force", id);
    return answer;
  }

  private synchronized void drop(String id) {
    held.filter(h -> h.id.equals(id))
        .ifPresent(
            h -> {
              h.end.cancel();
              held = Optional.empty();
              LOG.info("reload {} is dropped, what was before stays in force", id);
            });
  }
}
