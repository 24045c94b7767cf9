package org.malleposte.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry.State;

/** The briefs of all entries, in memory. Thread-safe. */
final class SpoolIndex {
  private final ConcurrentSkipListMap<QueueId, Brief> briefs = new ConcurrentSkipListMap<>();
  // Few nodes hold copies, and thousands of entries name them.
  private final Map<List<Holder>, List<Holder>> holderLists = new ConcurrentHashMap<>();
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  void set(SpoolRecord record) {
    var brief = briefOf(record);
    var before = briefs.put(record.id(), brief);
    if (before == null) {
      entries.incrementAndGet();
      bytes.addAndGet(brief.sizeBytes());
    }
  }

  Optional<Brief> remove(QueueId id) {
    var brief = briefs.remove(id);
    if (brief != null) {
      entries.decrementAndGet();
      bytes.addAndGet(-brief.sizeBytes());
    }
    return Optional.ofNullable(brief);
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
        case State.Bouncing _ -> bouncing = true;
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
        record.incarnation(),
        holderLists.computeIfAbsent(record.holders(), h -> h));
  }
}
