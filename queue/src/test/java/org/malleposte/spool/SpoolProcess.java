package org.malleposte.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.DiskSpace.Room;
import org.malleposte.spool.Spool.PutOutcome;

/**
 * A process with a spool under load, to be killed: prints {@code put ID CRC} for each mail that is
 * acknowledged and {@code removed ID} for each that is gone again.
 */
final class SpoolProcess {
  private static final int CLIENTS = 32;

  private SpoolProcess() {}

  public static void main(String[] arguments) throws Exception {
    var random = new Random(Long.parseLong(arguments[1]));
    var spool =
        RocksSpool.open(
            Path.of(arguments[0]),
            Executors.newSingleThreadExecutor(),
            Executors.newFixedThreadPool(2),
            new DiskSpace(() -> 1L << 40, 0),
            RocksSpool.Limits.DEFAULT,
            random);
    var places = new Semaphore(CLIENTS);
    var kept = new ArrayList<QueueId>();
    var number = new AtomicInteger();
    while (true) {
      places.acquire();
      // The last ones are large: in chunks.
      int size = random.nextInt(40) == 0 ? 300_000 + random.nextInt(600_000) : random.nextInt(9000);
      var body = Mails.body(random, size);
      var id = QueueId.create(Instant.ofEpochMilli(number.incrementAndGet()), random);
      var crc = new CRC32();
      crc.update(body.bytes());
      spool
          .put(Mails.record(id, size, Mails.local("alice")), body, Room.NEW_MAIL)
          .whenComplete(
              (outcome, failure) -> {
                if (failure != null || !(outcome instanceof PutOutcome.Stored)) {
                  say("failed " + outcome + failure);
                } else {
                  say("put " + id + " " + HexFormat.of().toHexDigits(crc.getValue()));
                }
                places.release();
                synchronized (kept) {
                  kept.add(id);
                }
              });
      if (random.nextInt(4) == 0) {
        removeOne(spool, kept, random);
      }
    }
  }

  private static void removeOne(Spool spool, List<QueueId> kept, Random random) {
    QueueId victim;
    synchronized (kept) {
      if (kept.isEmpty()) {
        return;
      }
      victim = kept.remove(random.nextInt(kept.size()));
    }
    say("removing " + victim);
    spool.finish(List.of(victim)).thenRun(() -> say("removed " + victim));
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
