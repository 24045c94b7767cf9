package org.malleposte.mailbox;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** A set of UIDs as ascending, disjoint ranges. Immutable. */
public record UidSet(List<Range> ranges) {
  /** From {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {
    public Range {
      if (first < 1 || last < first) {
        throw new IllegalArgumentException("not a range of UIDs: " + first + ":" + last);
      }
    }
  }

  public static final UidSet EMPTY = new UidSet(List.of());

  public UidSet {
    var sorted = new ArrayList<>(ranges);
    sorted.sort((a, b) -> Long.compare(a.first(), b.first()));
    var merged = new ArrayList<Range>();
    for (var range : sorted) {
      if (!merged.isEmpty() && range.first() <= merged.getLast().last() + 1) {
        var before = merged.removeLast();
        merged.add(new Range(before.first(), Math.max(before.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    ranges = List.copyOf(merged);
  }

  public static UidSet of(long... uids) {
    var ranges = new ArrayList<Range>(uids.length);
    for (long uid : uids) {
      ranges.add(new Range(uid, uid));
    }
    return new UidSet(ranges);
  }

  public static UidSet range(long first, long last) {
    return new UidSet(List.of(new Range(first, last)));
  }

  /** Of UIDs in ascending order: neighbours become one range. */
  public static UidSet ofAscending(Iterable<Long> uids) {
    var ranges = new ArrayList<Range>();
    long first = 0;
    long last = 0;
    for (long uid : uids) {
      if (uid != last + 1 || last == 0) {
        if (last > 0) {
          ranges.add(new Range(first, last));
        }
        first = uid;
      }
      last = uid;
    }
    if (last > 0) {
      ranges.add(new Range(first, last));
    }
    return new UidSet(ranges);
  }

  /** Those from {@code first} on. */
  public UidSet from(long first) {
    var rest = new ArrayList<Range>();
    for (var range : ranges) {
      if (range.last() >= first) {
        rest.add(new Range(Math.max(first, range.first()), range.last()));
      }
    }
    return new UidSet(rest);
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  public boolean contains(long uid) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      var range = ranges.get(middle);
      if (uid < range.first()) {
        high = middle - 1;
      } else if (uid > range.last()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** How many UIDs, whether or not a message has them. */
  public long count() {
    return ranges.stream().mapToLong(r -> r.last() - r.first() + 1).sum();
  }

  public void forEach(LongConsumer consumer) {
    for (var range : ranges) {
      for (long uid = range.first(); uid <= range.last(); uid++) {
        consumer.accept(uid);
      }
    }
  }

  /** As IMAP writes it: {@code 1:4,7}. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var range : ranges) {
      text.append(text.isEmpty() ? "" : ",").append(range.first());
      if (range.last() > range.first()) {
        text.append(':').append(range.last());
      }
    }
    return text.toString();
  }
}
