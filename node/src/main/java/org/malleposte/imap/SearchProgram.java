package org.malleposte.imap;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.SearchKey.Comparison;
import org.malleposte.mime.AddressListParser;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MailAddress;
import org.malleposte.mime.MessageDate;
import org.malleposte.mime.MimeText;
import org.malleposte.mime.TextSearch;

/** A search, ready to be asked of messages: numbers resolved, texts folded, cheap parts first. */
final class SearchProgram {
  private static final List<String> ADDRESS_FIELDS =
      List.of("From", "To", "Cc", "Bcc", "Sender", "Reply-To");

  /** What a condition has to read. */
  private enum Cost {
    NOTHING,
    HEADER,
    BODY
  }

  private interface Condition {
    boolean test(SearchCandidate candidate) throws IOException;
  }

  private record Compiled(Cost cost, Condition condition) {}

  /** A sequence number has no message. */
  private static final class NoSuchMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchMessageException() {
      super(null, null, false, false);
    }
  }

  private final MailboxView view;
  private final Instant now;
  private final Compiled root;
  private final BitSet positions;
  private boolean asksModSeq;

  private SearchProgram(SearchKey key, MailboxView view, Instant now) {
    this.view = view;
    this.now = now;
    positions = new BitSet();
    positions.set(0, view.count());
    narrow(key);
    root = compile(key);
  }

  /** Empty when a sequence number has no message. */
  static Optional<SearchProgram> compile(SearchKey key, MailboxView view, Instant now) {
    try {
      return Optional.of(new SearchProgram(key, view, now));
    } catch (NoSuchMessageException e) {
      return Optional.empty();
    }
  }

  boolean matches(SearchCandidate candidate) throws IOException {
    return root.condition().test(candidate);
  }

  /** No other message can match. */
  BitSet positions() {
    return positions;
  }

  boolean asksModSeq() {
    return asksModSeq;
  }

  private void narrow(SearchKey key) {
    switch (key) {
      case SearchKey.Numbers(var numbering, var set) -> positions.and(resolve(numbering, set));
      case SearchKey.And(var keys) -> keys.forEach(this::narrow);
      case SearchKey.Recent _ -> positions.and(view.positions(view.recent()));
      case SearchKey.All _,
          SearchKey.HasFlag _,
          SearchKey.Or _,
          SearchKey.Not _,
          SearchKey.Arrived _,
          SearchKey.Sent _,
          SearchKey.Saved _,
          SearchKey.EmailId _,
          SearchKey.Older _,
          SearchKey.Younger _,
          SearchKey.Larger _,
          SearchKey.Smaller _,
          SearchKey.ModSeqFrom _,
          SearchKey.HeaderText _,
          SearchKey.BodyText _,
          SearchKey.AnyText _ -> {}
    }
  }

  private BitSet resolve(Numbering numbering, SequenceSet set) {
    return MessageNumbers.resolve(view, numbering, set).orElseThrow(NoSuchMessageException::new);
  }

  private Compiled compile(SearchKey key) {
    return switch (key) {
      case SearchKey.All _ -> free(candidate -> true);
      case SearchKey.HasFlag(var flag) -> free(c -> c.message().flags().has(flag));
      case SearchKey.Recent _ -> free(SearchCandidate::isRecent);
      case SearchKey.And(var keys) -> and(keys);
      case SearchKey.Or(var left, var right) -> or(left, right);
      case SearchKey.Not(var inner) -> not(compile(inner));
      case SearchKey.Numbers(var numbering, var set) -> {
        BitSet wanted = resolve(numbering, set);
        yield free(c -> wanted.get(c.sequence() - 1));
      }
      case SearchKey.Arrived(var comparison, var day) ->
          free(c -> compare(day(c.message().internalDate()), comparison, day));
      case SearchKey.Saved(var comparison, var day) ->
          free(c -> compare(day(c.message().saved()), comparison, day));
      case SearchKey.EmailId(var id) -> free(c -> ObjectIds.email(c.message()).equals(id));
      case SearchKey.Older(long seconds) -> {
        Instant latest = now.minusSeconds(seconds);
        yield free(c -> !c.message().internalDate().isAfter(latest));
      }
      case SearchKey.Younger(long seconds) -> {
        Instant earliest = now.minusSeconds(seconds);
        yield free(c -> !c.message().internalDate().isBefore(earliest));
      }
      case SearchKey.Larger(long size) -> free(c -> c.message().sizeBytes() > size);
      case SearchKey.Smaller(long size) -> free(c -> c.message().sizeBytes() < size);
      case SearchKey.ModSeqFrom(long modSeq) -> {
        asksModSeq = true;
        yield free(c -> c.message().modSeq() >= modSeq);
      }
      case SearchKey.Sent(var comparison, var day) ->
          new Compiled(Cost.HEADER, c -> sent(c, comparison, day));
      case SearchKey.HeaderText(var field, var text) -> header(field, new TextSearch(text));
      case SearchKey.BodyText(var text) -> {
        var wanted = new TextSearch(text);
        yield new Compiled(Cost.BODY, c -> c.bodyContains(wanted));
      }
      case SearchKey.AnyText(var text) -> {
        var wanted = new TextSearch(text);
        yield new Compiled(Cost.BODY, c -> c.headerContains(wanted) || c.bodyContains(wanted));
      }
    };
  }

  private static LocalDate day(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static Compiled free(Condition condition) {
    return new Compiled(Cost.NOTHING, condition);
  }

  private static Compiled not(Compiled inner) {
    return new Compiled(inner.cost(), c -> !inner.condition().test(c));
  }

  private Compiled or(SearchKey left, SearchKey right) {
    var both = List.of(compile(left), compile(right)).stream().sorted(byCost()).toList();
    return new Compiled(
        both.getLast().cost(),
        c -> both.getFirst().condition().test(c) || both.getLast().condition().test(c));
  }

  private Compiled and(List<SearchKey> keys) {
    var all = new ArrayList<Compiled>();
    keys.forEach(key -> all.add(compile(key)));
    all.sort(byCost());
    Cost cost = all.isEmpty() ? Cost.NOTHING : all.getLast().cost();
    return new Compiled(
        cost,
        candidate -> {
          for (var one : all) {
            if (!one.condition().test(candidate)) {
              return false;
            }
          }
          return true;
        });
  }

  private static Comparator<Compiled> byCost() {
    return Comparator.comparing(Compiled::cost);
  }

  private static Compiled header(String name, TextSearch wanted) {
    return new Compiled(
        Cost.HEADER,
        candidate -> {
          for (HeaderField field : candidate.header().fields()) {
            if (field.is(name) && (isIn(field, wanted) || isInAddresses(field, wanted))) {
              return true;
            }
          }
          return false;
        });
  }

  private static boolean isIn(HeaderField field, TextSearch wanted) {
    return wanted.isIn(MimeText.decodeField(field.value()));
  }

  /** An address may be written with comments and spaces in it (RFC 3501 §6.4.4: as in ENVELOPE). */
  private static boolean isInAddresses(HeaderField field, TextSearch wanted) {
    if (ADDRESS_FIELDS.stream().noneMatch(field::is)) {
      return false;
    }
    for (MailAddress address : AddressListParser.parse(field.value())) {
      boolean found =
          address instanceof MailAddress.Mailbox mailbox
              && wanted.isIn(mailbox.local() + "@" + mailbox.domain());
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static boolean sent(SearchCandidate candidate, Comparison comparison, LocalDate day)
      throws IOException {
    return candidate
        .header()
        .first("Date")
        .flatMap(field -> MessageDate.day(field.value()))
        .map(sent -> compare(sent, comparison, day))
        .orElse(false);
  }

  private static boolean compare(LocalDate date, Comparison comparison, LocalDate day) {
    return switch (comparison) {
      case BEFORE -> date.isBefore(day);
      case ON -> date.isEqual(day);
      case SINCE -> !date.isBefore(day);
    };
  }
}
