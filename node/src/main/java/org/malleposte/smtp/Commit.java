package org.malleposte.smtp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one received mail through the {@link CommitRule}, one in binary as one of lines. Goes on
 * when the client hangs up: after the final dot the mail may already be safe, and then it stays.
 */
final class Commit {
  private static final Logger LOG = LoggerFactory.getLogger(Commit.class);

  private final SmtpServer server;
  private final SmtpStep.Commit step;
  private final long beganNanos = System.nanoTime();

  Commit(SmtpServer server, SmtpStep.Commit step) {
    this.server = server;
    this.step = step;
  }

  /**
   * @param writer given back its memory at the end
   * @param onAnswer once, on any thread: {@link SmtpEvent.Committed} or {@link
   *     SmtpEvent.NotConverted}
   */
  void run(BodyWriter writer, Consumer<SmtpEvent> onAnswer) {
    writer
        .finish(step.trace())
        .thenCompose(this::commit)
        .exceptionally(this::notSafe)
        .thenAccept(
            answer -> {
              writer.release();
              onAnswer.accept(answer);
            });
  }

  private CompletableFuture<SmtpEvent> commit(MessageBody received) {
    server.metrics().sizes().record(received.sizeBytes());
    CompletableFuture<SmtpEvent> answer =
        step.binary()
            ? server
                .services()
                .bodyFiles()
                .run(() -> conversion().convert(received))
                .thenCompose(this::converted)
            : lines(received);
    return answer.whenComplete((_, _) -> close(received));
  }

  private BinaryConversion conversion() {
    return new BinaryConversion(
        server.settings().limits().sizes(),
        step.trace().length,
        server.services().bodyFiles(),
        server.memory());
  }

  private CompletableFuture<SmtpEvent> converted(BinaryConversion.Outcome outcome) {
    return switch (outcome) {
      case BinaryConversion.Outcome.Lines(var body, long heldBytes) ->
          lines(body)
              .whenComplete(
                  (_, _) -> {
                    close(body);
                    server.memory().give(heldBytes);
                  });
      case BinaryConversion.Outcome.Refused(var fault) -> {
        LOG.info("{} refused: {}", step.id(), fault);
        server.metrics().count(SmtpMetrics.Mail.FAULTY);
        yield CompletableFuture.completedFuture(new SmtpEvent.NotConverted(fault));
      }
    };
  }

  private CompletableFuture<SmtpEvent> lines(MessageBody body) {
    return answered(body).thenApply(this::committed);
  }

  private SmtpEvent committed(CommitOutcome outcome) {
    count(outcome);
    return new SmtpEvent.Committed(outcome);
  }

  private CompletableFuture<CommitOutcome> answered(MessageBody body) {
    CommitRule rule = server.services().commitRule();
    try {
      return step.hold().isPresent()
          ? rule.hold(step.id(), step.envelope(), step.targets(), body, step.hold().get())
          : rule.commit(step.id(), step.envelope(), step.targets(), body);
    } catch (RuntimeException e) {
      // The body must be closed all the same.
      return CompletableFuture.failedFuture(e);
    }
  }

  private void close(MessageBody body) {
    if (body instanceof MessageBody.InMemory) {
      body.close();
      return;
    }
    server
        .services()
        .bodyFiles()
        .run(
            () -> {
              body.close();
              return body;
            })
        .whenComplete(
            (_, error) -> {
              if (error != null) {
                LOG.warn(
                    "{} body file stays until the next start: {}", step.id(), error.toString());
              }
            });
  }

  private SmtpEvent notSafe(Throwable error) {
    LOG.error("{} commit failed", step.id(), error);
    return committed(new CommitOutcome.NotSafe(String.valueOf(error)));
  }

  private void count(CommitOutcome outcome) {
    server.metrics().commits().record(System.nanoTime() - beganNanos, TimeUnit.NANOSECONDS);
    server
        .metrics()
        .count(
            switch (outcome) {
              case CommitOutcome.Committed _ -> SmtpMetrics.Mail.COMMITTED;
              case CommitOutcome.NoSpace(var detail) -> {
                LOG.warn("{} no space: {}", step.id(), detail);
                yield SmtpMetrics.Mail.NO_SPACE;
              }
              case CommitOutcome.NotSafe(var detail) -> {
                LOG.warn("{} not safe: {}", step.id(), detail);
                yield SmtpMetrics.Mail.NOT_SAFE;
              }
              case CommitOutcome.Refused(var status, var text) -> {
                LOG.info("{} refused: {} {}", step.id(), status, text);
                yield SmtpMetrics.Mail.REFUSED;
              }
            });
  }
}
