package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.blob.MessageBody;
import org.malleposte.config.UidlFormat;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.pop3.MaildropLocks.Attempt;
import org.malleposte.runtime.BlockingLane;

/** Moments of back-pressure that a real socket shows only by chance. */
class Pop3ConnectionTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingLane lane = new BlockingLane("test-connection", 1, 10);
  private final FakeMailboxStore store = new FakeMailboxStore();

  // What the connection set and wrote; all on the context.
  private final StringBuffer written = new StringBuffer();
  private Handler<Buffer> onData;
  private Handler<Void> onDrain;
  private volatile boolean full;
  private volatile boolean paused;
  private volatile boolean fullAtEnd;

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    lane.close();
  }

  private NetSocket socket() {
    return (NetSocket)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {NetSocket.class},
            (self, method, arguments) -> called((NetSocket) self, method, arguments));
  }

  @SuppressWarnings("unchecked") // as the methods are declared
  private Object called(NetSocket self, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "remoteAddress" -> SocketAddress.inetSocketAddress(1, "192.0.2.1");
      case "handler" -> {
        onData = (Handler<Buffer>) arguments[0];
        yield self;
      }
      case "drainHandler" -> {
        onDrain = (Handler<Void>) arguments[0];
        yield self;
      }
      case "write" -> {
        String text = arguments[0].toString();
        written.append(text);
        full |= fullAtEnd && text.endsWith("\r\n.\r\n");
        yield Future.succeededFuture();
      }
      case "writeQueueFull" -> full;
      case "pause", "resume" -> {
        paused = method.getName().equals("pause");
        yield self;
      }
      case "close" -> Future.succeededFuture();
      default -> self;
    };
  }

  private void onContext(Runnable task) {
    var done = new CompletableFuture<Void>();
    context.runOnContext(
        _ -> {
          task.run();
          done.complete(null);
        });
    done.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private void client(String text) {
    onContext(() -> onData.handle(Buffer.buffer(text)));
  }

  private void drain() {
    onContext(
        () -> {
          full = false;
          onDrain.handle(null);
        });
  }

  private void start() {
    var append =
        new MailboxStore.Append(
            QueueId.create(Instant.EPOCH, new Random(1)),
            Pop3Server.ALICE,
            MailboxName.INBOX,
            Flags.NONE,
            Instant.EPOCH,
            new MessageBody.InMemory(
                "line\r\n".repeat(ChunkSource.BYTES / 4).getBytes(StandardCharsets.US_ASCII)));
    store.append(append).join();
    MaildropLocks locks =
        _ ->
            CompletableFuture.completedFuture(
                new Attempt.Held(() -> CompletableFuture.completedFuture(null)));
    var services =
        new Pop3Connection.Services(
            new Pop3Server.Accounts(),
            locks,
            new MaildropReader(store, lane, UidlFormat.DEFAULT),
            new Pop3Metrics(new SimpleMeterRegistry()),
            InstantSource.system(),
            Optional.empty());
    var session =
        new Pop3Session(
            "mx1",
            TestMechanisms.byDefault(),
            5,
            new Pop3Session.Link(new SaslLink.Bare(true, false), false));
    onContext(
        () ->
            new Pop3Connection(
                    socket(), context, services, Optional.empty(), false, session, _ -> {})
                .start());
    client("USER alice\r\nPASS secret\r\n");
    await().until(() -> written.indexOf("logged in") > 0);
    written.setLength(0);
  }

  @Test
  void aQueueThatDrainsAfterAMessageSendsNothingMore() {
    start();
    fullAtEnd = true;
    full = true;
    client("RETR 1\r\n");
    await().until(() -> written.length() >= ChunkSource.BYTES);
    assertThat(written).doesNotContain("\r\n.\r\n");
    drain(); // the last piece follows, and the queue is full again
    await().until(() -> written.indexOf("\r\n.\r\n") > 0 && full);
    fullAtEnd = false;
    int length = written.length();
    drain();
    client("NOOP\r\n");
    await().until(() -> written.length() > length);
    lane.run(() -> {}).join();
    onContext(() -> {});
    assertThat(written.substring(length)).isEqualTo("+OK\r\n");
  }

  @Test
  void whileTheClientTakesNothingNoCommandIsLookedAt() {
    start();
    full = true;
    client("NOOP\r\n");
    assertThat(written.toString()).isEqualTo("+OK\r\n");
    assertThat(paused).isTrue();
    client("NOOP\r\nNOOP\r\n"); // what was read before the pause
    assertThat(written.toString()).isEqualTo("+OK\r\n");
    drain();
    assertThat(written.toString()).isEqualTo("+OK\r\n+OK\r\n+OK\r\n");
    assertThat(paused).isFalse();
  }
}
