package org.malleposte.imap;

import java.util.Locale;
import java.util.Optional;
import org.malleposte.imap.ImapCommand.Access;

/** {@code (CONDSTORE)}, {@code (QRESYNC (...))} after the mailbox (RFC 7162 §3.1.8, §3.2.5). */
final class SelectParameterParser {
  private static final int PARAMETERS_MAX = 4;

  private final CommandCursor cursor;
  private boolean condStore;
  private Optional<Resync> resync = Optional.empty();

  SelectParameterParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  ImapCommand.Select parse(String mailbox, Access access) throws ImapSyntaxException {
    if (cursor.take(' ')) {
      cursor.list(PARAMETERS_MAX, this::parameter);
    }
    return new ImapCommand.Select(mailbox, access, condStore, resync);
  }

  private String parameter() throws ImapSyntaxException {
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    switch (name) {
      case "CONDSTORE" -> condStore = true;
      case "QRESYNC" -> {
        cursor.space();
        resync = Optional.of(resync());
      }
      default -> throw new ImapSyntaxException("Unknown SELECT parameter");
    }
    return name;
  }

  private Resync resync() throws ImapSyntaxException {
    cursor.expect('(');
    long uidValidity = cursor.number();
    cursor.space();
    long modSeq = cursor.bigNumber();
    if (uidValidity == 0 || modSeq == 0) {
      throw new ImapSyntaxException("Zero in QRESYNC");
    }
    Optional<SequenceSet> known = Optional.empty();
    Optional<Resync.Pairs> pairs = Optional.empty();
    boolean more = cursor.take(' ');
    if (more && cursor.peek() != '(') {
      known = Optional.of(knownSet());
      more = cursor.take(' ');
    }
    if (more) {
      pairs = Optional.of(pairs());
    }
    cursor.expect(')');
    return new Resync(uidValidity, modSeq, known, pairs);
  }

  private Resync.Pairs pairs() throws ImapSyntaxException {
    cursor.expect('(');
    SequenceSet sequences = knownSet();
    cursor.space();
    SequenceSet uids = knownSet();
    cursor.expect(')');
    return new Resync.Pairs(sequences, uids);
  }

  /** What a client knows has no end that only we know: {@code *} is not allowed. */
  private SequenceSet knownSet() throws ImapSyntaxException {
    SequenceSet set = SequenceSetParser.parse(cursor);
    if (set.isSaved()) {
      throw new ImapSyntaxException("'$' in a set of known messages");
    }
    for (var range : set.ranges()) {
      if (range.from() == SequenceSet.STAR || range.to() == SequenceSet.STAR) {
        throw new ImapSyntaxException("'*' in a set of known messages");
      }
    }
    return set;
  }
}
