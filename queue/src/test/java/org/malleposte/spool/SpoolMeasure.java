package org.malleposte.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.DiskSpace.Room;

/**
 * Measures a spool on a real disk: {@code SpoolMeasure DIRECTORY}. Puts a second by so many clients
 * that each wait for their put, mails each sync carries, and how long 100,000 entries take to open.
 */
final class SpoolMeasure {
  private SpoolMeasure() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    for (int round = 0; round < 3; round++) {
      for (int clients : new int[] {1, 20, 100}) {
        for (int size : new int[] {4096, 65536}) {
          measure(directory.resolve("p-" + round + "-" + clients + "-" + size), clients, size);
        }
      }
    }
    opening(directory.resolve("open"));
  }

  private static RocksSpool open(Path directory) throws Exception {
    Files.createDirectories(directory);
    return RocksSpool.open(
        directory,
        Executors.newSingleThreadExecutor(daemon()),
        Executors.newFixedThreadPool(2, daemon()),
        DiskSpace.of(directory),
        RocksSpool.Limits.DEFAULT,
        new Random());
  }

  private static java.util.concurrent.ThreadFactory daemon() {
    return task -> {
      var thread = new Thread(task);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void measure(Path directory, int clients, int size) throws Exception {
    var spool = open(directory);
    int mails = Math.max(300, Math.min(20_000, clients * 400)) * 4096 / Math.max(4096, size / 4);
    var left = new AtomicInteger(mails);
    var done = new CountDownLatch(mails);
    var body = Mails.body(new Random(1), size);
    var random = new Random(2);
    var micros = new long[mails];
    long start = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      next(spool, left, done, body, random, micros);
    }
    done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    Arrays.sort(micros);
    var counts = spool.commitCounts();
    System.out.printf(
        "%3d clients, %2d KiB: %6.0f put/s, %5.1f mails a sync, median %d us, p99 %d us%n",
        clients,
        size / 1024,
        mails / seconds,
        (double) counts.writes() / counts.syncs(),
        micros[mails / 2],
        micros[mails * 99 / 100]);
    spool.close();
  }

  private static void next(
      Spool spool,
      AtomicInteger left,
      CountDownLatch done,
      org.malleposte.blob.MessageBody body,
      Random random,
      long[] micros) {
    int number = left.decrementAndGet();
    if (number < 0) {
      return;
    }
    var id = QueueId.create(Instant.now(), random);
    long start = System.nanoTime();
    spool
        .put(Mails.record(id, body.sizeBytes(), Mails.local("alice")), body, Room.NEW_MAIL)
        .thenRun(
            () -> {
              micros[number] = (System.nanoTime() - start) / 1000;
              done.countDown();
              next(spool, left, done, body, random, micros);
            });
  }

  private static void opening(Path directory) throws Exception {
    var spool = open(directory);
    var body = Mails.body(new Random(1), 200);
    var random = new Random(3);
    int entries = 100_000;
    var done = new CountDownLatch(entries);
    for (int i = 0; i < entries; i++) {
      var id = QueueId.create(Instant.now(), random);
      spool
          .put(
              Mails.record(id, 200, Mails.local("alice"), Mails.remote("b@far.test")),
              body,
              Room.NEW_MAIL)
          .thenRun(done::countDown);
      if (i % 4000 == 0) {
        Thread.sleep(10);
      }
    }
    done.await();
    spool.close();
    long start = System.nanoTime();
    spool = open(directory);
    System.out.printf(
        "opening %d entries: %d ms%n",
        spool.depth().entries(), (System.nanoTime() - start) / 1_000_000);
    long walk = System.nanoTime();
    int seen = 0;
    var page = spool.briefs(java.util.Optional.empty(), 1000);
    while (!page.isEmpty()) {
      seen += page.size();
      page = spool.briefs(java.util.Optional.of(page.getLast().getKey()), 1000);
    }
    System.out.printf("walking %d: %d ms%n", seen, (System.nanoTime() - walk) / 1_000_000);
    spool.close();
  }
}
