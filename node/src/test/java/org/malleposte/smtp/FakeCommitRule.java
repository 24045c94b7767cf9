package org.malleposte.smtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/** Keeps what it commits in memory; a recipient's local-part can make it do otherwise. */
final class FakeCommitRule implements CommitRule {
  /**
   * @param held empty when it was not
   */
  record Kept(
      QueueId id, Envelope envelope, List<Target> targets, byte[] body, Optional<String> held) {
    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** Without our trace header. */
    String textAsSent() {
      String text = text();
      int end = text.indexOf("\r\n");
      while (text.startsWith("\t", end + 2)) {
        end = text.indexOf("\r\n", end + 2);
      }
      return text.substring(end + 2);
    }
  }

  final AtomicInteger asked = new AtomicInteger();
  final Map<QueueId, Kept> kept = new ConcurrentHashMap<>();

  /** A mail to {@code slow@mx.test} is answered when this is. */
  volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  @Override
  public CompletableFuture<CommitOutcome> commit(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body) {
    asked.incrementAndGet();
    return switch (envelope.recipients().getFirst().localPart()) {
      case "full" -> done(new CommitOutcome.NoSpace("disk"));
      case "unsafe" -> done(new CommitOutcome.NotSafe("no other node"));
      case "quota" ->
          done(new CommitOutcome.Refused(EnhancedStatus.parse("5.2.2"), "Mailbox full"));
      case "broken" -> CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
      case "slow" ->
          gate.thenApply(_ -> keep(new Kept(id, envelope, targets, bytes(body), Optional.empty())));
      default -> done(keep(new Kept(id, envelope, targets, bytes(body), Optional.empty())));
    };
  }

  @Override
  public CompletableFuture<CommitOutcome> hold(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason) {
    return done(keep(new Kept(id, envelope, targets, bytes(body), Optional.of(reason))));
  }

  private CommitOutcome keep(Kept mail) {
    kept.put(mail.id(), mail);
    return new CommitOutcome.Committed(mail.id());
  }

  private static CompletableFuture<CommitOutcome> done(CommitOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  private static byte[] bytes(MessageBody body) {
    try (var in = body.open()) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length != body.sizeBytes()) {
        throw new IllegalStateException(bytes.length + " bytes, said " + body.sizeBytes());
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
