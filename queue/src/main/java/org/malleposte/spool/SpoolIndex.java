package org.malleposte.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry.State;

/** The briefs of all entries, in memory. Thread-safe. */
final class SpoolIndex {
  private final ConcurrentSkipListMap<QueueId, Brief> briefs = new ConcurrentSkipListMap<>();
  // Few nodes hold copies, and thousands of entries name them: how many name which.
  private final Map<List<Holder>, AtomicInteger> holderLists = new ConcurrentHashMap<>();
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  void set(SpoolRecord record) {
    var brief = briefOf(record);
    var before = briefs.put(record.id(), brief);
    count(brief, 1);
    if (before != null) {
      count(before, -1);
    }
  }

  Optional<Brief> remove(QueueId id) {
    var brief = briefs.remove(id);
    if (brief != null) {
      count(brief, -1);
    }
    return Optional.ofNullable(brief);
  }

  private void count(Brief brief, int more) {
    entries.addAndGet(more);
    bytes.addAndGet(more * brief.sizeBytes());
    holderLists.computeIfAbsent(brief.holders(), _ -> new AtomicInteger()).addAndGet(more);
  }

  /** The sets of holders that entries have. */
  Set<List<Holder>> holderLists() {
    return holderLists.entrySet().stream()
        .filter(e -> e.getValue().get() > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  // One list for all entries that have the same.
  private List<Holder> shared(List<Holder> holders) {
    for (var known : holderLists.keySet()) {
      if (known.equals(holders)) {
        return known;
      }
    }
    return holders;
  }

  Optional<Brief> get(QueueId id) {
    return Optional.ofNullable(briefs.get(id));
  }

  boolean contains(QueueId id) {
    return briefs.containsKey(id);
  }

  List<Map.Entry<QueueId, Brief>> page(Optional<QueueId> after, int limit) {
    NavigableMap<QueueId, Brief> rest =
        after.isPresent() ? briefs.tailMap(after.get(), false) : briefs;
    var page = new ArrayList<Map.Entry<QueueId, Brief>>();
    for (var entry : rest.entrySet()) {
      if (page.size() == limit) {
        break;
      }
      page.add(Map.entry(entry.getKey(), entry.getValue()));
    }
    return page;
  }

  int entries() {
    return entries.get();
  }

  Spool.Depth depth() {
    var first = briefs.firstEntry();
    return new Spool.Depth(
        entries.get(),
        bytes.get(),
        first == null ? Optional.empty() : Optional.of(first.getKey().time()));
  }

  private Brief briefOf(SpoolRecord record) {
    boolean local = false;
    boolean remote = false;
    boolean bouncing = record.warning() instanceof SpoolRecord.Warning.Due;
    for (var delivery : record.entry().deliveries()) {
      switch (delivery.state()) {
        case State.Pending _ -> {
          switch (delivery.target()) {
            case Target.Local _ -> local = true;
            case Target.Remote _ -> remote = true;
          }
        }
        case State.Bouncing _, State.Confirming _ -> bouncing = true;
        case State.Delivered _, State.Failed _ -> {}
      }
    }
    return new Brief(
        record.entry().sizeBytes(),
        record.entry().nextAttempt(),
        record.entry().held(),
        local,
        remote,
        bouncing,
        record.origin().mayComeAgain(),
        record.stamp(),
        shared(record.holders()));
  }
}
