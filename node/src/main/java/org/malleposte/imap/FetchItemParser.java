package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.malleposte.imap.FetchItem.Partial;
import org.malleposte.imap.FetchItem.Section;
import org.malleposte.imap.FetchItem.SectionText;

/** What FETCH asks for (RFC 3501 §6.4.5). */
final class FetchItemParser {
  private final CommandCursor cursor;

  FetchItemParser(CommandCursor cursor) {
    this.cursor = cursor;
  }

  /** A macro, one item, or a list of items. */
  List<FetchItem> parse() throws ImapSyntaxException {
    if (cursor.peek() == '(') {
      return cursor.list(ImapLimits.FETCH_ITEMS_MAX, () -> item(name()));
    }
    String name = name();
    List<FetchItem> macro = macro(name);
    return macro.isEmpty() ? List.of(item(name)) : macro;
  }

  private String name() {
    return cursor.word().toUpperCase(Locale.ROOT);
  }

  private static List<FetchItem> macro(String name) {
    var items = new ArrayList<FetchItem>();
    switch (name) {
      case "FAST", "ALL", "FULL" -> {
        items.add(new FetchItem.FlagList());
        items.add(new FetchItem.InternalDate());
        items.add(new FetchItem.Size());
        if (!name.equals("FAST")) {
          items.add(new FetchItem.Envelope());
        }
        if (name.equals("FULL")) {
          items.add(new FetchItem.Structure(false));
        }
      }
      default -> {}
    }
    return items;
  }

  private FetchItem item(String name) throws ImapSyntaxException {
    return switch (name) {
      case "UID" -> new FetchItem.Uid();
      case "FLAGS" -> new FetchItem.FlagList();
      case "INTERNALDATE" -> new FetchItem.InternalDate();
      case "RFC822.SIZE" -> new FetchItem.Size();
      case "ENVELOPE" -> new FetchItem.Envelope();
      case "MODSEQ" -> new FetchItem.ModSeq();
      case "SAVEDATE" -> new FetchItem.SaveDate();
      case "EMAILID" -> new FetchItem.EmailId();
      case "THREADID" -> new FetchItem.ThreadId();
      case "PREVIEW" -> new FetchItem.PreviewText(lazy());
      case "BODYSTRUCTURE" -> new FetchItem.Structure(true);
      case "RFC822" -> whole(name, new SectionText.Whole(), false);
      case "RFC822.HEADER" -> whole(name, new SectionText.Header(), true);
      case "RFC822.TEXT" -> whole(name, new SectionText.Text(), false);
      case "BODY" -> cursor.peek() == '[' ? section(false) : new FetchItem.Structure(false);
      case "BODY.PEEK" -> section(true);
      case "BINARY" -> binary(false);
      case "BINARY.PEEK" -> binary(true);
      case "BINARY.SIZE" -> binarySize();
      default -> throw new ImapSyntaxException("Unknown FETCH item");
    };
  }

  /** Another list behind it is FETCH's modifiers. */
  private boolean lazy() {
    return cursor.takeWord(" (LAZY)");
  }

  private static Section whole(String label, SectionText text, boolean peek) {
    return new Section(label, List.of(), text, Partial.ALL, peek);
  }

  private Section section(boolean peek) throws ImapSyntaxException {
    cursor.expect('[');
    String spec = name();
    var path = new ArrayList<Integer>();
    String rest = numbers(spec, path);
    SectionText text = text(rest, path);
    String label = "BODY[" + spec + fieldList(text) + "]";
    cursor.expect(']');
    Partial partial = cursor.peek() == '<' ? partial() : Partial.ALL;
    String origin = partial.isAll() ? "" : "<" + partial.origin() + ">";
    return new Section(label + origin, path, text, partial, peek);
  }

  private FetchItem binary(boolean peek) throws ImapSyntaxException {
    var path = new ArrayList<Integer>();
    String label = "BINARY[" + partNumbers(path) + "]";
    Partial partial = cursor.peek() == '<' ? partial() : Partial.ALL;
    String origin = partial.isAll() ? "" : "<" + partial.origin() + ">";
    return new FetchItem.Binary(label + origin, path, partial, peek);
  }

  private FetchItem binarySize() throws ImapSyntaxException {
    var path = new ArrayList<Integer>();
    return new FetchItem.BinarySize("BINARY.SIZE[" + partNumbers(path) + "]", path);
  }

  private String partNumbers(List<Integer> path) throws ImapSyntaxException {
    cursor.expect('[');
    String spec = name();
    if (!numbers(spec, path).isEmpty()) {
      throw new ImapSyntaxException("Part number expected");
    }
    cursor.expect(']');
    return spec;
  }

  /** Takes {@code 1.2.} off {@code 1.2.MIME}; answers what is left. */
  private static String numbers(String spec, List<Integer> path) throws ImapSyntaxException {
    String rest = spec;
    while (!rest.isEmpty() && Character.isDigit(rest.charAt(0))) {
      int dot = rest.indexOf('.');
      String number = dot < 0 ? rest : rest.substring(0, dot);
      path.add(partNumber(number));
      if (dot == rest.length() - 1 || path.size() > ImapLimits.SECTION_DEPTH_MAX) {
        throw new ImapSyntaxException("Invalid section");
      }
      rest = dot < 0 ? "" : rest.substring(dot + 1);
    }
    return rest;
  }

  private static int partNumber(String number) throws ImapSyntaxException {
    boolean digits = number.length() <= 9 && number.chars().allMatch(c -> c >= '0' && c <= '9');
    int value = digits ? Integer.parseInt(number) : 0;
    if (value == 0) {
      throw new ImapSyntaxException("Invalid part number");
    }
    return value;
  }

  private SectionText text(String name, List<Integer> path) throws ImapSyntaxException {
    return switch (name) {
      case "" -> new SectionText.Whole();
      case "HEADER" -> new SectionText.Header();
      case "TEXT" -> new SectionText.Text();
      case "HEADER.FIELDS" -> new SectionText.HeaderFields(fieldNames(), false);
      case "HEADER.FIELDS.NOT" -> new SectionText.HeaderFields(fieldNames(), true);
      case "MIME" -> {
        if (path.isEmpty()) {
          throw new ImapSyntaxException("MIME needs a part number");
        }
        yield new SectionText.Mime();
      }
      default -> throw new ImapSyntaxException("Unknown section");
    };
  }

  private List<String> fieldNames() throws ImapSyntaxException {
    cursor.space();
    var names =
        cursor.list(ImapLimits.HEADER_FIELDS_MAX, () -> cursor.astring().toUpperCase(Locale.ROOT));
    if (names.isEmpty()) {
      throw new ImapSyntaxException("No field names");
    }
    return names;
  }

  private static String fieldList(SectionText text) {
    if (!(text instanceof SectionText.HeaderFields(var names, var _))) {
      return "";
    }
    var list = new StringBuilder(" (");
    for (String name : names) {
      list.append(list.length() > 2 ? " " : "").append(ImapText.astring(name));
    }
    return list.append(')').toString();
  }

  private Partial partial() throws ImapSyntaxException {
    cursor.expect('<');
    long origin = cursor.number();
    cursor.expect('.');
    long count = cursor.number();
    cursor.expect('>');
    if (count == 0) {
      throw new ImapSyntaxException("Partial of no bytes");
    }
    return new Partial(origin, count);
  }
}
