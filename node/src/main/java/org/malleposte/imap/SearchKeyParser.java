package org.malleposte.imap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Locale;
import org.malleposte.imap.SearchKey.Comparison;

/** What SEARCH looks for (RFC 3501 §6.4.4). */
final class SearchKeyParser {
  private final CommandCursor cursor;
  private Charset charset = StandardCharsets.UTF_8;
  private int keys;

  SearchKeyParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  /** {@code [CHARSET name SP] key *(SP key)}; all must be true. */
  SearchKey parse() throws ImapSyntaxException {
    var all = new ArrayList<SearchKey>();
    String first = startsWithWord() ? cursor.atom().toUpperCase(Locale.ROOT) : "";
    if (first.equals("CHARSET")) {
      cursor.space();
      charset = charset(cursor.astring());
      cursor.space();
      all.add(key(0));
    } else {
      all.add(first.isEmpty() ? key(0) : named(first, 0));
    }
    while (cursor.take(' ')) {
      if (cursor.atEnd()) {
        break;
      }
      all.add(key(0));
    }
    return all.size() == 1 ? all.getFirst() : new SearchKey.And(all);
  }

  /** {@code charset SP key *(SP key)} (RFC 5256 §5). */
  SearchKey parseWithCharset() throws ImapSyntaxException {
    charset = charset(cursor.astring());
    cursor.space();
    var all = new ArrayList<SearchKey>();
    do {
      all.add(key(0));
    } while (cursor.take(' ') && !cursor.atEnd());
    return all.size() == 1 ? all.getFirst() : new SearchKey.And(all);
  }

  private boolean startsWithWord() {
    int c = cursor.peek();
    return c < 0x80 && Character.isLetter(c);
  }

  private SearchKey key(int depth) throws ImapSyntaxException {
    if (++keys > ImapLimits.SEARCH_KEYS_MAX || depth > ImapLimits.SEARCH_DEPTH_MAX) {
      throw new ImapSyntaxException("Search is too complex");
    }
    int c = cursor.peek();
    if (c == '(') {
      return new SearchKey.And(cursor.list(ImapLimits.SEARCH_KEYS_MAX, () -> key(depth + 1)));
    }
    if (c == '*' || c == '$' || c >= '0' && c <= '9') {
      return new SearchKey.Numbers(Numbering.SEQUENCE, SequenceSetParser.parse(cursor));
    }
    return named(cursor.atom().toUpperCase(Locale.ROOT), depth);
  }

  private SearchKey named(String name, int depth) throws ImapSyntaxException {
    return switch (name) {
      case "ALL" -> new SearchKey.All();
      case "ANSWERED" -> new SearchKey.HasFlag("\\Answered");
      case "DELETED" -> new SearchKey.HasFlag("\\Deleted");
      case "DRAFT" -> new SearchKey.HasFlag("\\Draft");
      case "FLAGGED" -> new SearchKey.HasFlag("\\Flagged");
      case "SEEN" -> new SearchKey.HasFlag("\\Seen");
      case "UNANSWERED" -> without("\\Answered");
      case "UNDELETED" -> without("\\Deleted");
      case "UNDRAFT" -> without("\\Draft");
      case "UNFLAGGED" -> without("\\Flagged");
      case "UNSEEN" -> without("\\Seen");
      case "RECENT" -> new SearchKey.Recent();
      case "OLD" -> new SearchKey.Not(new SearchKey.Recent());
      // All can tell when they were saved (RFC 8514 §4.3).
      case "SAVEDATESUPPORTED" -> new SearchKey.All();
      case "NEW" -> new SearchKey.And(java.util.List.of(new SearchKey.Recent(), without("\\Seen")));
      default -> withArgument(name, depth);
    };
  }

  private SearchKey withArgument(String name, int depth) throws ImapSyntaxException {
    cursor.space();
    return switch (name) {
      case "KEYWORD" -> new SearchKey.HasFlag(cursor.flag());
      case "UNKEYWORD" -> without(cursor.flag());
      case "UID" -> new SearchKey.Numbers(Numbering.UID, SequenceSetParser.parse(cursor));
      case "LARGER" -> new SearchKey.Larger(cursor.bigNumber());
      case "SMALLER" -> new SearchKey.Smaller(cursor.bigNumber());
      case "NOT" -> new SearchKey.Not(key(depth + 1));
      case "OR" -> or(depth);
      case "BEFORE" -> new SearchKey.Arrived(Comparison.BEFORE, day());
      case "ON" -> new SearchKey.Arrived(Comparison.ON, day());
      case "SINCE" -> new SearchKey.Arrived(Comparison.SINCE, day());
      case "SAVEDBEFORE" -> new SearchKey.Saved(Comparison.BEFORE, day());
      case "SAVEDON" -> new SearchKey.Saved(Comparison.ON, day());
      case "SAVEDSINCE" -> new SearchKey.Saved(Comparison.SINCE, day());
      case "EMAILID" -> new SearchKey.EmailId(cursor.astring());
      case "THREADID" -> noThread();
      case "SENTBEFORE" -> new SearchKey.Sent(Comparison.BEFORE, day());
      case "SENTON" -> new SearchKey.Sent(Comparison.ON, day());
      case "SENTSINCE" -> new SearchKey.Sent(Comparison.SINCE, day());
      case "OLDER" -> new SearchKey.Older(interval());
      case "YOUNGER" -> new SearchKey.Younger(interval());
      case "BCC", "CC", "FROM", "SUBJECT", "TO" -> new SearchKey.HeaderText(name, text());
      case "HEADER" -> header();
      case "BODY" -> new SearchKey.BodyText(text());
      case "TEXT" -> new SearchKey.AnyText(text());
      case "MODSEQ" -> modSeq();
      default -> throw new ImapSyntaxException("Unknown search key");
    };
  }

  private long interval() throws ImapSyntaxException {
    long seconds = cursor.number();
    if (seconds == 0) {
      throw new ImapSyntaxException("An interval is longer than nothing");
    }
    return seconds;
  }

  private static SearchKey without(String flag) {
    return new SearchKey.Not(new SearchKey.HasFlag(flag));
  }

  /** No message is in a thread that we know (RFC 8474 §5.3). */
  private SearchKey noThread() throws ImapSyntaxException {
    cursor.astring();
    return new SearchKey.Not(new SearchKey.All());
  }

  private SearchKey or(int depth) throws ImapSyntaxException {
    SearchKey left = key(depth + 1);
    cursor.space();
    return new SearchKey.Or(left, key(depth + 1));
  }

  private SearchKey header() throws ImapSyntaxException {
    String field = cursor.astring();
    cursor.space();
    return new SearchKey.HeaderText(field, text());
  }

  /** {@code [entry-name entry-type] n} (RFC 7162 §3.1.5); flags have no MODSEQ of their own. */
  private SearchKey modSeq() throws ImapSyntaxException {
    if (cursor.peek() == '"') {
      cursor.string();
      cursor.space();
      cursor.atom();
      cursor.space();
    }
    return new SearchKey.ModSeqFrom(cursor.bigNumber());
  }

  private LocalDate day() throws ImapSyntaxException {
    return ImapDates.day(cursor.astring())
        .orElseThrow(() -> new ImapSyntaxException("Invalid date"));
  }

  private String text() throws ImapSyntaxException {
    byte[] bytes = cursor.astring().getBytes(StandardCharsets.ISO_8859_1);
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ImapSyntaxException("Text is not in its charset");
    }
  }

  private static Charset charset(String name) throws ImapSyntaxException {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new ImapSyntaxException(ImapReply.no("BADCHARSET (US-ASCII UTF-8)", "Unknown charset"));
    }
  }
}
