package org.malleposte.runtime;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What {@link CompletableFuture} lacks. */
public final class Futures {
  private Futures() {}

  /** Runs {@code task} on {@code executor}; its exception, or the refusal, becomes the future's. */
  public static <T> CompletableFuture<T> call(Executor executor, Callable<T> task) {
    var result = new CompletableFuture<T>();
    try {
      executor.execute(
          () -> {
            try {
              result.complete(task.call());
            } catch (Exception | Error e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  /** Ends with all results, in their order; fails when one has failed and all have ended. */
  public static <T> CompletableFuture<List<T>> all(Collection<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
  }

  /** What failed, without the wrapping of dependent futures. */
  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** For a log line or an outcome's detail. */
  public static String reason(Throwable failure) {
    var cause = cause(failure);
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
