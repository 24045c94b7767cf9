package org.malleposte.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.malleposte.mail.AccountName;

/**
 * Every mail that was tried, every 250 that was given, against what lies in the mailboxes: the
 * promise as arithmetic. Thread-safe.
 */
public final class Ledger {
  /**
   * How the books stand.
   *
   * @param sent tries that got as far as DATA, answered or not
   * @param acknowledged tries that got a 250
   * @param delivered acknowledged mails that lie in their mailbox
   * @param lost acknowledged mails that do not: must be empty
   * @param doubled mails, acknowledged or not, that lie there more than once: must be empty
   */
  public record Balance(
      int sent, int acknowledged, int delivered, List<String> lost, List<String> doubled) {
    public boolean isClean() {
      return lost.isEmpty() && doubled.isEmpty();
    }
  }

  private record Entry(AccountName account, boolean acknowledged) {}

  private final Map<String, Entry> entries = new HashMap<>();
  private int acknowledgedCount;

  /** A mail is about to be sent. */
  public synchronized void sent(String id, AccountName account) {
    entries.put(id, new Entry(account, false));
  }

  /** It has got its 250. */
  public synchronized void acknowledged(String id) {
    entries.computeIfPresent(id, (_, e) -> new Entry(e.account(), true));
    acknowledgedCount++;
  }

  public synchronized int sentCount() {
    return entries.size();
  }

  public synchronized int acknowledgedCount() {
    return acknowledgedCount;
  }

  /**
   * Compares with the mailboxes.
   *
   * @param found the ids of all mails in each account, one for each time it lies there
   */
  public synchronized Balance balance(Map<AccountName, List<String>> found) {
    SortedMap<String, Integer> times = new TreeMap<>();
    found.forEach(
        (account, ids) ->
            ids.forEach(
                id -> {
                  var entry = entries.get(id);
                  // A mail in another's mailbox is as good as lost, and shows as that.
                  if (entry != null && entry.account().equals(account)) {
                    times.merge(id, 1, Integer::sum);
                  }
                }));
    var lost = new ArrayList<String>();
    entries.forEach(
        (id, entry) -> {
          if (entry.acknowledged() && !times.containsKey(id)) {
            lost.add(id + " for " + entry.account());
          }
        });
    var doubled =
        times.entrySet().stream()
            .filter(e -> e.getValue() > 1)
            .map(e -> e.getKey() + " x" + e.getValue())
            .toList();
    return new Balance(
        entries.size(),
        acknowledgedCount,
        acknowledgedCount - lost.size(),
        List.copyOf(lost),
        doubled);
  }
}
