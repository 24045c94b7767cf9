package org.malleposte.imap;

import java.util.Set;

/**
 * How LIST chooses and what it tells (RFC 5258 §3).
 *
 * @param form what the client may be expected to understand
 * @param status what a STATUS response of each mailbox tells (RFC 5819); empty for none
 */
record ListOptions(
    Form form, Set<Selection> selections, Set<Return> returns, Set<StatusItem> status) {
  /** Of RFC 3501: without options, with one pattern. */
  static final ListOptions BASIC =
      new ListOptions(Form.BASIC, Set.of(), Set.of(Return.CHILDREN, Return.SPECIAL_USE), Set.of());

  /** The two forms of the command. */
  enum Form {
    BASIC,
    EXTENDED
  }

  /** Which mailboxes, of those whose names match. */
  enum Selection {
    SUBSCRIBED,
    /** There are no remote ones, so it changes nothing. */
    REMOTE,
    RECURSIVEMATCH,
    SPECIAL_USE
  }

  /** Which attributes. */
  enum Return {
    SUBSCRIBED,
    CHILDREN,
    SPECIAL_USE
  }

  ListOptions {
    selections = Set.copyOf(selections);
    returns = Set.copyOf(returns);
    status = Set.copyOf(status);
  }

  boolean selects(Selection selection) {
    return selections.contains(selection);
  }

  boolean tells(Return what) {
    return returns.contains(what);
  }

  /** Whether subscribed names without a mailbox must be known. */
  boolean needsSubscriptions() {
    return selects(Selection.SUBSCRIBED) || tells(Return.SUBSCRIBED);
  }
}
