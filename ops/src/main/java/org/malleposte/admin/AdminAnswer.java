package org.malleposte.admin;

import java.util.Objects;
import java.util.function.Function;

/** How an operation ended. A failed future instead means a bug or a broken machine (500). */
public sealed interface AdminAnswer<T> {
  /** 200. */
  record Done<T>(T value) implements AdminAnswer<T> {
    public Done {
      Objects.requireNonNull(value);
    }
  }

  /** 404: no such entry, account, node. */
  record Unknown<T>(String what) implements AdminAnswer<T> {}

  /** 409: it is so already, or somebody else changes it now. */
  record Conflict<T>(String why) implements AdminAnswer<T> {}

  /** 422: it will never be allowed. */
  record Refused<T>(String why) implements AdminAnswer<T> {}

  /** 503: not now; the sentence says what is missing. */
  record Unavailable<T>(String why) implements AdminAnswer<T> {}

  static <T> AdminAnswer<T> done(T value) {
    return new Done<>(value);
  }

  default <R> AdminAnswer<R> map(Function<T, R> change) {
    return switch (this) {
      case Done<T>(var value) -> new Done<>(change.apply(value));
      case Unknown<T>(var what) -> new Unknown<>(what);
      case Conflict<T>(var why) -> new Conflict<>(why);
      case Refused<T>(var why) -> new Refused<>(why);
      case Unavailable<T>(var why) -> new Unavailable<>(why);
    };
  }
}
