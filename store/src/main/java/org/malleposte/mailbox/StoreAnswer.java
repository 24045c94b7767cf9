package org.malleposte.mailbox;

import java.util.function.Function;

/** How a write to the store ended. */
public sealed interface StoreAnswer<T> {
  /** Committed by a majority, and applied on this node: a read here now sees it. */
  record Done<T>(T value) implements StoreAnswer<T> {}

  /** The store is well and says no; asking again gives the same answer. Nothing was changed. */
  record Refused<T>(Refusal why) implements StoreAnswer<T> {}

  /**
   * No leader or no majority in time. <b>The write may still happen</b>; whoever repeats it must do
   * so under the same {@link org.malleposte.mail.QueueId}.
   */
  record Unavailable<T>(String detail) implements StoreAnswer<T> {}

  /** Why the store says no. */
  enum Refusal {
    NO_SUCH_ACCOUNT,
    NO_SUCH_MAILBOX,
    MAILBOX_EXISTS,
    /** INBOX cannot be deleted; a name may be bad or too long. */
    NOT_PERMITTED,
    OVER_QUOTA,
    /** A conditional write found another version. */
    CONFLICT
  }

  static <T> StoreAnswer<T> done(T value) {
    return new Done<>(value);
  }

  static <T> StoreAnswer<T> refused(Refusal why) {
    return new Refused<>(why);
  }

  static <T> StoreAnswer<T> unavailable(String detail) {
    return new Unavailable<>(detail);
  }

  default <U> StoreAnswer<U> map(Function<? super T, ? extends U> function) {
    return switch (this) {
      case Done<T>(var value) -> new Done<>(function.apply(value));
      case Refused<T>(var why) -> new Refused<>(why);
      case Unavailable<T>(var detail) -> new Unavailable<>(detail);
    };
  }
}
