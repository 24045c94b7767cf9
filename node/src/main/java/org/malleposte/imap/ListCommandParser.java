package org.malleposte.imap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.malleposte.imap.ListOptions.Form;
import org.malleposte.imap.ListOptions.Return;
import org.malleposte.imap.ListOptions.Selection;

/** The arguments of LIST, basic or extended (RFC 5258 §6, RFC 5819, RFC 6154 §6). */
final class ListCommandParser {
  private static final int OPTIONS_MAX = 16;

  private final CommandCursor cursor;
  private final Set<Selection> selections = EnumSet.noneOf(Selection.class);
  private final Set<Return> returns = EnumSet.noneOf(Return.class);
  private Set<StatusItem> status = Set.of();
  private Form form = Form.BASIC;

  ListCommandParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  ImapCommand.ListMailboxes parse() throws ImapSyntaxException {
    cursor.space();
    if (cursor.peek() == '(') {
      form = Form.EXTENDED;
      cursor.list(OPTIONS_MAX, this::selection);
      cursor.space();
    }
    String reference = name(cursor.astring());
    cursor.space();
    List<String> patterns = patterns();
    if (cursor.take(' ') && !cursor.atEnd()) {
      returnOptions();
    }
    return new ImapCommand.ListMailboxes(reference, patterns, options());
  }

  private ListOptions options() throws ImapSyntaxException {
    if (form == Form.BASIC) {
      return ListOptions.BASIC;
    }
    boolean chooses =
        selections.contains(Selection.SUBSCRIBED) || selections.contains(Selection.SPECIAL_USE);
    if (selections.contains(Selection.RECURSIVEMATCH) && !chooses) {
      // RFC 5258 §3.1: it needs something that the levels below can match.
      throw new ImapSyntaxException("RECURSIVEMATCH needs another selection option");
    }
    if (selections.contains(Selection.SUBSCRIBED)) {
      returns.add(Return.SUBSCRIBED);
    }
    if (selections.contains(Selection.SPECIAL_USE)) {
      returns.add(Return.SPECIAL_USE);
    }
    return new ListOptions(form, selections, returns, status);
  }

  private Selection selection() throws ImapSyntaxException {
    Selection selection =
        switch (cursor.atom().toUpperCase(Locale.ROOT)) {
          case "SUBSCRIBED" -> Selection.SUBSCRIBED;
          case "REMOTE" -> Selection.REMOTE;
          case "RECURSIVEMATCH" -> Selection.RECURSIVEMATCH;
          case "SPECIAL-USE" -> Selection.SPECIAL_USE;
          default -> throw new ImapSyntaxException("Unknown selection option");
        };
    selections.add(selection);
    return selection;
  }

  private List<String> patterns() throws ImapSyntaxException {
    if (cursor.peek() != '(') {
      return List.of(pattern(cursor.listPattern()));
    }
    form = Form.EXTENDED;
    var patterns = new ArrayList<String>();
    for (String pattern : cursor.list(ImapLimits.LIST_PATTERNS_MAX, cursor::listPattern)) {
      patterns.add(pattern(pattern));
    }
    if (patterns.isEmpty()) {
      throw new ImapSyntaxException("No pattern");
    }
    return patterns;
  }

  private void returnOptions() throws ImapSyntaxException {
    if (!cursor.atom().equalsIgnoreCase("RETURN")) {
      throw new ImapSyntaxException("Too many arguments");
    }
    form = Form.EXTENDED;
    cursor.space();
    cursor.list(OPTIONS_MAX, this::returnOption);
  }

  private String returnOption() throws ImapSyntaxException {
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    switch (name) {
      case "SUBSCRIBED" -> returns.add(Return.SUBSCRIBED);
      case "CHILDREN" -> returns.add(Return.CHILDREN);
      case "SPECIAL-USE" -> returns.add(Return.SPECIAL_USE);
      case "STATUS" -> {
        cursor.space();
        status = StatusItem.parse(cursor);
      }
      default -> throw new ImapSyntaxException("Unknown return option");
    }
    return name;
  }

  private static String name(String written) throws ImapSyntaxException {
    return ModifiedUtf7.decode(written)
        .orElseThrow(() -> new ImapSyntaxException(ImapReplies.BAD_NAME));
  }

  /** What no name is written as finds nothing, which is an answer and no error. */
  private static String pattern(String written) {
    return ModifiedUtf7.decode(written).orElse(written);
  }
}
