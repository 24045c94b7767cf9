package org.malleposte.imap;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;

/** The responses of LIST and LSUB (RFC 3501 §7.2.2, §7.2.3; children: RFC 3348). */
final class ListLines {
  private ListLines() {}

  static String list(List<MailboxInfo> mailboxes, ListPattern pattern) {
    var names = withParents(mailboxes.stream().map(MailboxInfo::name).toList());
    var out = new StringBuilder();
    names.forEach(
        (name, exists) -> {
          if (pattern.matches(name)) {
            String children = hasBelow(names, name) ? "\\HasChildren" : "\\HasNoChildren";
            out.append("* LIST (").append(exists ? "" : "\\Noselect ").append(children);
            out.append(") \"/\" ").append(Mailboxes.write(name)).append("\r\n");
          }
        });
    return out.toString();
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

  /** Each name, and whether it is one of {@code names} and not only a level above one. */
  private static NavigableMap<String, Boolean> withParents(Collection<MailboxName> names) {
    var all = new TreeMap<String, Boolean>();
    for (var name : names) {
      all.put(name.value(), true);
      for (var parent = name.parent(); parent.isPresent(); parent = parent.get().parent()) {
        all.putIfAbsent(parent.get().value(), false);
      }
    }
    return all;
  }

  private static boolean hasBelow(NavigableMap<String, Boolean> names, String name) {
    String prefix = name + MailboxName.SEPARATOR;
    String next = names.ceilingKey(prefix);
    return next != null && next.startsWith(prefix);
  }
}
