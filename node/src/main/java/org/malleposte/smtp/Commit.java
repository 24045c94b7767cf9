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
 * Brings one received mail through the {@link CommitRule}. Goes on when the client hangs up: after
 * the final dot the mail may already be safe, and then it stays.
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
   * @param onOutcome once, on any thread
   */
  void run(BodyWriter writer, Consumer<CommitOutcome> onOutcome) {
    writer
        .finish(step.trace())
        .thenCompose(this::commit)
        .exceptionally(this::notSafe)
        .thenAccept(
            outcome -> {
              writer.release();
              count(outcome);
              onOutcome.accept(outcome);
            });
  }

  private CompletableFuture<CommitOutcome> commit(MessageBody body) {
    server.metrics().sizes().record(body.sizeBytes());
    return answered(body).whenComplete((_, _) -> close(body));
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

  private CommitOutcome notSafe(Throwable error) {
    LOG.error("{} commit failed", step.id(), error);
    return new CommitOutcome.NotSafe(String.valueOf(error));
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
