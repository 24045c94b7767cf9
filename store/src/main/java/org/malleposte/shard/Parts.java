package org.malleposte.shard;

import java.util.concurrent.CompletableFuture;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;

/**
 * A change of many messages as a row of commands: each names a bounded number of ranges, and its
 * answer says from which UID the next goes on.
 */
final class Parts {
  private Parts() {}

  /** Sends a command for some of the UIDs. */
  interface Command {
    CompletableFuture<StoreAnswer<ShardAnswer>> send(int part, UidSet some);
  }

  /** Takes what a part has done, and returns where to go on, 0 when it did all it was told. */
  interface Taker {
    long take(ShardAnswer answer);
  }

  /** Done when all parts are; else the answer of the part that was not. */
  static CompletableFuture<StoreAnswer<Void>> run(UidSet uids, Command command, Taker taker) {
    return run(uids, 0, command, taker);
  }

  private static CompletableFuture<StoreAnswer<Void>> run(
      UidSet uids, int part, Command command, Taker taker) {
    UidSet some = first(uids);
    return command
        .send(part, some)
        .thenCompose(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<ShardAnswer>(var done) -> {
                    var rest = rest(uids, some, taker.take(done));
                    yield rest.isEmpty()
                        ? CompletableFuture.completedFuture(StoreAnswer.done(null))
                        : run(rest, part + 1, command, taker);
                  }
                  case StoreAnswer.Refused<ShardAnswer>(var why) ->
                      CompletableFuture.completedFuture(StoreAnswer.refused(why));
                  case StoreAnswer.Unavailable<ShardAnswer>(var detail) ->
                      CompletableFuture.completedFuture(StoreAnswer.unavailable(detail));
                });
  }

  private static UidSet first(UidSet uids) {
    return uids.ranges().size() <= ShardCommand.MAX_UID_RANGES
        ? uids
        : new UidSet(uids.ranges().subList(0, ShardCommand.MAX_UID_RANGES));
  }

  private static UidSet rest(UidSet uids, UidSet some, long resumeFrom) {
    if (resumeFrom > 0) {
      return uids.from(resumeFrom);
    }
    return some.ranges().size() == uids.ranges().size()
        ? UidSet.EMPTY
        : uids.from(some.ranges().getLast().last() + 1);
  }
}
