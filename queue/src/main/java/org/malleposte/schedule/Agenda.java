package org.malleposte.schedule;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.malleposte.mail.QueueId;

/**
 * Who waits for what: entries for a time, or for something by name (a destination, a check), or
 * both, whichever comes first. Holds ids only. Not thread-safe.
 */
final class Agenda {
  private record Slot(Instant at, QueueId id) {}

  private final TreeSet<Slot> timeline =
      new TreeSet<>(Comparator.comparing(Slot::at).thenComparing(Slot::id));
  private final Map<QueueId, Instant> times = new HashMap<>();
  private final Map<String, LinkedHashSet<QueueId>> parked = new HashMap<>();
  private final Map<QueueId, List<String>> parkedAt = new HashMap<>();

  /** It is due at {@code at}, and waits for nothing else. */
  void at(QueueId id, Instant at) {
    remove(id);
    times.put(id, at);
    timeline.add(new Slot(at, id));
  }

  /** It waits for any of {@code names}. */
  void parkAt(QueueId id, List<String> names) {
    remove(id);
    parkedAt.put(id, List.copyOf(names));
    names.forEach(name -> parked.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(id));
  }

  /** It waits for any of {@code names}, at most until {@code at}. */
  void parkAt(QueueId id, List<String> names, Instant at) {
    parkAt(id, names);
    times.put(id, at);
    timeline.add(new Slot(at, id));
  }

  void remove(QueueId id) {
    var at = times.remove(id);
    if (at != null) {
      timeline.remove(new Slot(at, id));
    }
    var names = parkedAt.remove(id);
    if (names != null) {
      for (var name : names) {
        var waiting = parked.get(name);
        waiting.remove(id);
        if (waiting.isEmpty()) {
          parked.remove(name);
        }
      }
    }
  }

  void clear() {
    timeline.clear();
    times.clear();
    parked.clear();
    parkedAt.clear();
  }

  /** Takes the entry that has been due longest. */
  Optional<QueueId> poll(Instant now) {
    var next = peek(now);
    next.ifPresent(this::remove);
    return next;
  }

  /** The entry that has been due longest; it stays. */
  Optional<QueueId> peek(Instant now) {
    return timeline.isEmpty() || timeline.first().at().isAfter(now)
        ? Optional.empty()
        : Optional.of(timeline.first().id());
  }

  Optional<Instant> nextAt() {
    return timeline.isEmpty() ? Optional.empty() : Optional.of(timeline.first().at());
  }

  boolean isParked(String name) {
    return parked.containsKey(name);
  }

  boolean isParkedAt(QueueId id, String name) {
    return parkedAt.getOrDefault(id, List.of()).contains(name);
  }

  /** Who waits for {@code name}, longest waiting first. */
  List<QueueId> waitingFor(String name) {
    var waiting = parked.get(name);
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  /**
   * At most {@code limit} of those that wait for {@code name} are due now, longest waiting first.
   */
  void wake(String name, int limit, Instant now) {
    var waiting = parked.get(name);
    if (waiting != null) {
      waiting.stream().limit(limit).toList().forEach(id -> at(id, now));
    }
  }

  boolean contains(QueueId id) {
    return times.containsKey(id) || parkedAt.containsKey(id);
  }

  int size() {
    int both = (int) parkedAt.keySet().stream().filter(times::containsKey).count();
    return times.size() + parkedAt.size() - both;
  }
}
