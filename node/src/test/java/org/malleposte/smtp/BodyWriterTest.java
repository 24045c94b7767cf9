package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.runtime.BlockingLane;

class BodyWriterTest {
  private static final byte[] FRONT = "Received: x\r\n".getBytes();

  @TempDir Path directory;
  private final BlockingLane lane = new BlockingLane("test", 1, 10);
  private final ExecutorService context = Executors.newSingleThreadExecutor();
  private final ReceptionMemory memory = new ReceptionMemory(10 << 20);
  private final AtomicInteger progress = new AtomicInteger();
  private BodyFiles files;

  @BeforeEach
  void open() throws IOException {
    files = BodyFiles.open(directory, lane);
  }

  @AfterEach
  void close() {
    context.shutdown();
    lane.close();
  }

  @Test
  void aSmallBodyStaysInMemory() throws Exception {
    for (int size : new int[] {0, 1, 4096, 8192, 100_000, 262_144 - FRONT.length}) {
      MessageBody body = write(size, memory);
      assertThat(body).isInstanceOf(MessageBody.InMemory.class);
      check(body, size);
    }
    assertThat(left()).isZero();
  }

  @Test
  void aLargeOneGoesToAFile() throws Exception {
    for (int size : new int[] {262_145 - FRONT.length, 300_000, 3_000_000}) {
      MessageBody body = write(size, memory);
      assertThat(body).isInstanceOf(MessageBody.InFile.class);
      check(body, size);
      body.close();
    }
    assertThat(left()).isZero();
  }

  @Test
  void withoutMemoryASmallOneGoesToAFileToo() throws Exception {
    var none = new ReceptionMemory(0);
    assertThat(none.isFull()).isTrue();
    MessageBody body = write(20_000, none);
    assertThat(body).isInstanceOf(MessageBody.InFile.class);
    check(body, 20_000);
    assertThat(none.usedBytes()).isZero();
  }

  @Test
  void withoutMemoryForTheWayToDiskItIsLostAndSaysSo() {
    var none = new ReceptionMemory(0);
    none.take(ReceptionMemory.FOR_DISK_BYTES);
    var writer = writer(none);
    writer.write(new byte[20_000], 0, 20_000);
    assertThat(writer.hasFailed()).isTrue();
    writer.write(new byte[20_000], 0, 20_000);
    writer.discard();
    assertThat(none.usedBytes()).isEqualTo(ReceptionMemory.FOR_DISK_BYTES);
  }

  @Test
  void memoryIsCountedAndGivenBack() throws Exception {
    write(100_000, memory);
    write(1_000_000, memory);
    var writer = writer(memory);
    writer.write(new byte[20_000], 0, 20_000);
    assertThat(memory.usedBytes()).isBetween(20_000L, 40_000L);
    writer.discard();
    writer.write(new byte[20_000], 0, 20_000);
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void theSourceIsSlowedDownWhileTheDiskIsBusy() throws Exception {
    var release = new java.util.concurrent.CountDownLatch(1);
    var busy =
        lane.call(
            () -> {
              release.await();
              return 0;
            });
    var writer = writer(memory);
    int written = 0;
    byte[] chunk = new byte[16_384];
    while (!writer.isCongested()) {
      writer.write(chunk, 0, chunk.length);
      written += chunk.length;
      assertThat(written).isLessThan(MessageBody.INLINE_MAX_BYTES + BodySpill.PIECE_BYTES * 2);
    }
    release.countDown();
    busy.join();
    await().until(() -> onContext(() -> !writer.isCongested()));
    assertThat(progress.get()).isPositive();
    onContext(
        () -> {
          writer.discard();
          return true;
        });
    await().until(() -> left() == 0);
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void aDiskErrorLosesTheBodyAndNothingElse() throws Exception {
    Files.delete(directory);
    var writer = writer(memory);
    onContext(
        () -> {
          writer.write(new byte[300_000], 0, 300_000);
          return true;
        });
    await().until(() -> onContext(writer::hasFailed));
    assertThatThrownBy(() -> writer.finish(FRONT).join()).hasCauseInstanceOf(IOException.class);
    writer.release();
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void aStartDeletesWhatACrashHasLeft() throws Exception {
    Files.createFile(directory.resolve("body-1.receiving"));
    Files.createFile(directory.resolve("other"));
    BodyFiles.open(directory, lane);
    assertThat(left()).isEqualTo(1);
  }

  private BodyWriter writer(ReceptionMemory counted) {
    return new BodyWriter(FRONT.length, 0, files, counted, context, progress::incrementAndGet);
  }

  private MessageBody write(int size, ReceptionMemory counted) throws Exception {
    byte[] bytes = content(size);
    var writer = writer(counted);
    var random = new Random(size);
    onContext(
        () -> {
          for (int from = 0; from < size; ) {
            int count = Math.min(size - from, 1 + random.nextInt(30_000));
            writer.write(bytes, from, count);
            from += count;
          }
          return true;
        });
    MessageBody body = onContext(() -> writer.finish(FRONT)).join();
    writer.release();
    return body;
  }

  private static void check(MessageBody body, int size) throws IOException {
    byte[] all = body.readAll();
    assertThat(all).hasSize(FRONT.length + size).startsWith(FRONT).endsWith(content(size));
    assertThat(body.sizeBytes()).isEqualTo(all.length);
  }

  private static byte[] content(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private <T> T onContext(java.util.concurrent.Callable<T> task) throws Exception {
    return context.submit(task).get();
  }

  private long left() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    }
  }
}
