package org.malleposte.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses the addresses of From, To and so on, as leniently as Dovecot does, and with its
 * placeholders for what is missing.
 */
public final class AddressListParser {
  static final String MISSING_MAILBOX = "MISSING_MAILBOX";
  static final String MISSING_DOMAIN = "MISSING_DOMAIN";
  static final String SYNTAX_ERROR = "SYNTAX_ERROR";
  static final String INVALID_ROUTE = "INVALID_ROUTE";

  private final AddressCursor cursor;
  private final List<MailAddress> found = new ArrayList<>();

  private AddressListParser(String text) {
    cursor = new AddressCursor(text);
  }

  /** At most {@link MimeLimits#ADDRESSES_MAX}; never fails. */
  public static List<MailAddress> parse(String text) {
    var parser = new AddressListParser(text);
    parser.list();
    return List.copyOf(parser.found);
  }

  private void list() {
    cursor.skipSpace();
    while (!cursor.atEnd() && found.size() < MimeLimits.ADDRESSES_MAX) {
      if (cursor.take(',')) {
        continue;
      }
      int start = cursor.position();
      if (!group()) {
        cursor.moveTo(start);
        mailbox(false);
      }
      cursor.skipSpace();
    }
  }

  private boolean group() {
    String name = cursor.phrase();
    if (!cursor.take(':')) {
      return false;
    }
    found.add(new MailAddress.GroupStart(name));
    while (!cursor.atEnd() && !cursor.take(';') && found.size() < MimeLimits.ADDRESSES_MAX) {
      if (!cursor.take(',')) {
        mailbox(true);
      }
    }
    found.add(new MailAddress.GroupEnd());
    return true;
  }

  private void mailbox(boolean inGroup) {
    int start = cursor.position();
    String name = cursor.phrase();
    if (cursor.peek() == '<') {
      angle(name.isEmpty() ? Optional.empty() : Optional.of(name));
    } else {
      cursor.moveTo(start);
      plain();
    }
    skipGarbage(inGroup);
  }

  /** {@code <@route:local@domain>}. */
  private void angle(Optional<String> name) {
    cursor.take('<');
    Optional<String> route = Optional.empty();
    if (cursor.peek() == '@') {
      String domains = cursor.route();
      route = Optional.of(cursor.take(':') ? domains : INVALID_ROUTE);
    }
    String local = cursor.localPart();
    String domain = cursor.take('@') ? cursor.domain() : "";
    boolean closed = cursor.take('>');
    if (!closed) {
      domain = SYNTAX_ERROR;
    }
    add(name, route, local, domain);
  }

  /** {@code local@domain (name)}. */
  private void plain() {
    int start = cursor.position();
    cursor.forgetComment();
    String local = cursor.localPart();
    if (cursor.take('@')) {
      String domain = cursor.domain();
      add(cursor.comment(), Optional.empty(), local, domain);
    } else if (cursor.atEnd() || cursor.peek() == ',' || cursor.peek() == ';') {
      add(cursor.comment(), Optional.empty(), local, "");
    } else {
      // Several words are rather a name than an address.
      cursor.moveTo(start);
      add(Optional.of(cursor.phrase()).filter(name -> !name.isEmpty()), Optional.empty(), "", "");
    }
  }

  private void add(Optional<String> name, Optional<String> route, String local, String domain) {
    found.add(
        new MailAddress.Mailbox(
            name,
            route,
            local.isEmpty() ? MISSING_MAILBOX : local,
            domain.isEmpty() ? MISSING_DOMAIN : domain));
  }

  /** What stands between an address and the next comma is nobody's. */
  private void skipGarbage(boolean inGroup) {
    cursor.skipSpace();
    while (!cursor.atEnd() && cursor.peek() != ',' && !(inGroup && cursor.peek() == ';')) {
      cursor.skipOne();
    }
  }
}
