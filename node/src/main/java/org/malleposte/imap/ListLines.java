package org.malleposte.imap;

import java.util.List;
import java.util.NavigableMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Function;
import org.malleposte.imap.ListOptions.Form;
import org.malleposte.imap.ListOptions.Return;
import org.malleposte.imap.ListOptions.Selection;
import org.malleposte.imap.ListedNames.Entry;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;

/** The responses of LIST and LSUB (RFC 3501 §7.2.2, §7.2.3; RFC 5258; RFC 6154). */
final class ListLines {
  private final ListedNames names;
  private final ListOptions options;
  private final StringBuilder out = new StringBuilder();

  private ListLines(ListedNames names, ListOptions options) {
    this.names = names;
    this.options = options;
  }

  /**
   * @param status the response of STATUS of a mailbox, or nothing; follows its line (RFC 5819 §2)
   */
  static String list(
      ListedNames names,
      List<ListPattern> patterns,
      ListOptions options,
      Function<MailboxInfo, String> status) {
    var lines = new ListLines(names, options);
    for (var entry : names.all()) {
      if (patterns.stream().anyMatch(pattern -> pattern.matches(entry.name()))) {
        lines.add(entry, status);
      }
    }
    return lines.out.toString();
  }

  static String lsub(List<MailboxName> subscribed, ListPattern pattern) {
    var out = new StringBuilder();
    withParents(subscribed)
        .forEach(
            (name, exists) -> {
              // A parent shows only where its children do not (RFC 3501 §6.3.9).
              if (pattern.matches(name) && (exists || pattern.stopsAtLevels())) {
                out.append("* LSUB (").append(exists ? "" : "\\Noselect");
                out.append(") \"/\" ").append(Mailboxes.write(name)).append("\r\n");
              }
            });
    return out.toString();
  }

  private void add(Entry entry, Function<MailboxInfo, String> status) {
    boolean chooses =
        options.selects(Selection.SUBSCRIBED) || options.selects(Selection.SPECIAL_USE);
    boolean childInfo =
        options.selects(Selection.RECURSIVEMATCH) && names.hasSelectedBelow(entry.name(), options);
    boolean shown =
        chooses
            ? entry.isSelected(options)
            : entry.mailbox().isPresent() || names.hasMailboxBelow(entry.name());
    if (!shown && !childInfo) {
      return;
    }
    out.append("* LIST (").append(attributes(entry)).append(") \"/\" ");
    out.append(Mailboxes.write(entry.name()));
    if (childInfo) {
      out.append(" (\"CHILDINFO\" (").append(criteria()).append("))");
    }
    out.append("\r\n");
    entry.mailbox().map(status).ifPresent(out::append);
  }

  private String attributes(Entry entry) {
    var attributes = new StringJoiner(" ");
    if (entry.mailbox().isEmpty()) {
      // Who uses the basic form may not know what \NonExistent is (RFC 5258 §3).
      attributes.add(options.form() == Form.BASIC ? "\\Noselect" : "\\NonExistent");
    }
    if (entry.subscribed() && options.tells(Return.SUBSCRIBED)) {
      attributes.add("\\Subscribed");
    }
    boolean below = names.hasMailboxBelow(entry.name());
    if (options.tells(Return.CHILDREN) || entry.mailbox().isEmpty() && below) {
      attributes.add(below ? "\\HasChildren" : "\\HasNoChildren");
    }
    if (options.tells(Return.SPECIAL_USE)) {
      entry
          .mailbox()
          .map(MailboxInfo::use)
          .filter(use -> !use.isEmpty())
          .ifPresent(attributes::add);
    }
    return attributes.toString();
  }

  private String criteria() {
    var criteria = new StringJoiner(" ");
    if (options.selects(Selection.SUBSCRIBED)) {
      criteria.add("\"SUBSCRIBED\"");
    }
    if (options.selects(Selection.SPECIAL_USE)) {
      criteria.add("\"SPECIAL-USE\"");
    }
    return criteria.toString();
  }

  /** Each name, and whether it is one of {@code names} and not only a level above one. */
  private static NavigableMap<String, Boolean> withParents(List<MailboxName> names) {
    var all = new TreeMap<String, Boolean>();
    for (var name : names) {
      all.put(name.value(), true);
      for (var parent = name.parent(); parent.isPresent(); parent = parent.get().parent()) {
        all.putIfAbsent(parent.get().value(), false);
      }
    }
    return all;
  }
}
