package org.malleposte.imap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.malleposte.imap.ListOptions.Selection;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;

/**
 * All names that LIST may have to do with, by name: mailboxes, what is subscribed, and the levels
 * above them.
 */
final class ListedNames {
  /**
   * One name.
   *
   * @param mailbox empty when no such mailbox exists
   */
  record Entry(String name, Optional<MailboxInfo> mailbox, boolean subscribed) {
    /** Whether it fulfils all options that ask for something. */
    boolean isSelected(ListOptions options) {
      boolean hasUse = mailbox.isPresent() && !mailbox.get().use().isEmpty();
      return (subscribed || !options.selects(Selection.SUBSCRIBED))
          && (hasUse || !options.selects(Selection.SPECIAL_USE));
    }
  }

  private final NavigableMap<String, Entry> entries = new TreeMap<>();

  ListedNames(List<MailboxInfo> mailboxes, Collection<MailboxName> subscribed) {
    for (var info : mailboxes) {
      String name = info.name().value();
      entries.put(name, new Entry(name, Optional.of(info), info.subscribed()));
    }
    for (var name : subscribed) {
      entries.merge(
          name.value(),
          new Entry(name.value(), Optional.empty(), true),
          (known, same) -> new Entry(known.name(), known.mailbox(), true));
    }
    new ArrayList<>(mailboxes).forEach(info -> addLevels(info.name()));
    subscribed.forEach(this::addLevels);
  }

  Collection<Entry> all() {
    return entries.values();
  }

  /** Whether a mailbox exists below it. */
  boolean hasMailboxBelow(String name) {
    return below(name).values().stream().anyMatch(entry -> entry.mailbox().isPresent());
  }

  /** Whether something below it is selected, whatever its name (RFC 5258 §3.5). */
  boolean hasSelectedBelow(String name, ListOptions options) {
    return below(name).values().stream()
        .filter(entry -> entry.subscribed() || entry.mailbox().isPresent())
        .anyMatch(entry -> entry.isSelected(options));
  }

  private NavigableMap<String, Entry> below(String name) {
    String first = name + MailboxName.SEPARATOR;
    String end = name + (char) (MailboxName.SEPARATOR + 1);
    return entries.subMap(first, true, end, false);
  }

  private void addLevels(MailboxName name) {
    for (var up = name.parent(); up.isPresent(); up = up.get().parent()) {
      String level = up.get().value();
      entries.putIfAbsent(level, new Entry(level, Optional.empty(), false));
    }
  }
}
