package org.malleposte.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads what was read from files after these have changed. It waits until they have been the same
 * for one look: certificate and key are seldom replaced in one moment. Looks run on the lane.
 */
public final class CertificateReloader implements AutoCloseable {
  public static final Duration PERIOD = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(CertificateReloader.class);

  /** What of a file tells that it is another. */
  private record Stamp(long modifiedNanos, long sizeBytes, String key) {}

  private final List<Reloadable> watched;
  private final BlockingLane lane;
  private final Timers.Timer timer;
  private final AtomicBoolean looking = new AtomicBoolean();
  // Of the lane's thread that looks; there is one at a time.
  private final Map<Reloadable, List<Stamp>> used = new HashMap<>();
  private final Map<Reloadable, List<Stamp>> seen = new HashMap<>();

  /** Blocks for a first look. */
  public CertificateReloader(
      List<Reloadable> watched, BlockingLane lane, Timers timers, Duration period) {
    this.watched = List.copyOf(watched);
    this.lane = lane;
    for (var reloadable : this.watched) {
      used.put(reloadable, stamps(reloadable));
      seen.put(reloadable, used.get(reloadable));
    }
    this.timer = timers.every(period, this::look);
  }

  @Override
  public void close() {
    timer.cancel();
  }

  private void look() {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    try {
      lane.run(() -> watched.forEach(this::lookAt)).whenComplete((_, _) -> looking.set(false));
    } catch (RejectedExecutionException e) {
      looking.set(false); // the next look will do
    }
  }

  private void lookAt(Reloadable reloadable) {
    var now = stamps(reloadable);
    boolean settled = now.equals(seen.put(reloadable, now));
    if (!settled || now.equals(used.get(reloadable))) {
      return;
    }
    used.put(reloadable, now); // also after a failure: the same files would fail again
    try {
      reloadable.reload();
      LOG.info("reloaded {}", reloadable.files());
    } catch (TlsFileException e) {
      LOG.error("the old certificate stays in use: {}", e.getMessage());
    }
  }

  private static List<Stamp> stamps(Reloadable reloadable) {
    return reloadable.files().stream().map(CertificateReloader::stamp).toList();
  }

  private static Stamp stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
          attributes.size(),
          String.valueOf(attributes.fileKey()));
    } catch (IOException e) {
      return new Stamp(0, -1, ""); // gone for a moment, or for longer
    }
  }
}
