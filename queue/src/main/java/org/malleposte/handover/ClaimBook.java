package org.malleposte.handover;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.Futures;
import org.malleposte.shard.Directory;

/** Reads and changes {@link Claims} in the directory. Thread-safe; never blocks. */
final class ClaimBook {
  /** What the directory had, and what is needed to change just that. */
  record Page(Claims claims, long version) {}

  /** How a look or a change ended. */
  sealed interface Answer {
    /** The page as it is now. */
    record Current(Page page) implements Answer {}

    /** Someone else has changed it: look again. */
    record Changed() implements Answer {}

    /** No majority; a change <b>may still happen</b>. */
    record Away(String detail) implements Answer {}
  }

  private final Directory directory;

  ClaimBook(Directory directory) {
    this.directory = directory;
  }

  /** Not older than the call. */
  CompletableFuture<Answer> look(String ownerSpoolId) {
    return directory
        .getCurrent(Claims.key(ownerSpoolId))
        .<Answer>thenApply(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Optional<Directory.Entry>>(var entry) ->
                      new Answer.Current(
                          entry
                              .map(e -> new Page(Claims.decode(e.value()), e.version()))
                              .orElse(new Page(Claims.NONE, 0)));
                  case StoreAnswer.Refused<Optional<Directory.Entry>>(var why) ->
                      new Answer.Away("directory says " + why);
                  case StoreAnswer.Unavailable<Optional<Directory.Entry>>(var detail) ->
                      new Answer.Away(detail);
                })
        .exceptionally(e -> new Answer.Away(Futures.reason(e)));
  }

  /** Replaces a page, if it is still what {@code seen} says. */
  CompletableFuture<Answer> replace(String ownerSpoolId, Page seen, Claims next) {
    return directory
        .put(Claims.key(ownerSpoolId), next.encode(), OptionalLong.of(seen.version()))
        .<Answer>thenApply(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Long>(var version) ->
                      new Answer.Current(new Page(next, version));
                  case StoreAnswer.Refused<Long> _ -> new Answer.Changed();
                  case StoreAnswer.Unavailable<Long>(var detail) -> new Answer.Away(detail);
                })
        .exceptionally(e -> new Answer.Away(Futures.reason(e)));
  }
}
