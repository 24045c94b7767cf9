package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.blob.MessageBody;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.imap.CommandFramer.Frame;
import org.malleposte.mime.MessageDate;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.TranscriptLine;

/** Commands of IMAP, and the small languages within them. */
public final class ImapFuzz {
  private static final int LITERAL_MAX = 1_000;

  private ImapFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget(
            "imap-command",
            ImapFuzz::commands,
            () -> lines().stream().map(line -> Fuzz.behind(7, Fuzz.bytes(line))).toList()),
        new FuzzTarget(
            "imap-arguments",
            ImapFuzz::arguments,
            () -> lines().stream().map(ImapFuzz::withoutName).map(Fuzz::bytes).toList()),
        FuzzTarget.of("imap-names", ImapFuzz::names, "Entw&APw-rfe", "&-", "&AAA-", "a/b", "&2AA-"),
        FuzzTarget.of("imap-pattern", ImapFuzz::pattern, "*a%/b\377INBOX/a", "%%%%*%\377a/b/c/d"),
        FuzzTarget.of(
            "imap-dates", ImapFuzz::dates, "1-Feb-2026", " 4-May-2026 10:00:00 +0200", "31-Feb-1"),
        FuzzTarget.of(
            "imap-headers",
            ImapFuzz::headers,
            "Re: [a] Fwd: [fwd: b (fwd)]",
            "<a@b> <\"c\"@d>",
            "Mon, 2 Feb 2026 09:00:61 +0930"),
        FuzzTarget.of("imap-text", ImapFuzz::text, "a", "a\"b\\c", "\377", "NIL", ""));
  }

  /** What the clients of the transcripts say, each with its end of line. */
  static List<String> lines() {
    var lines = new ArrayList<String>();
    for (var transcript : Transcript.in("imap", ".imap")) {
      for (var line : transcript.lines()) {
        if (line instanceof TranscriptLine.Send send && !send.text().contains("${")) {
          lines.add(send.text().replace("\\r\\n", "\r\n") + (send.escaped() ? "" : "\r\n"));
        }
      }
    }
    return lines;
  }

  private static String withoutName(String line) {
    String[] words = line.strip().split(" ", 3);
    return words[words.length - 1];
  }

  private static void commands(byte[] data) {
    byte[] input = Fuzz.rest(data);
    List<String> whole = understand(List.of(input));
    Fuzz.same(whole, understand(Fuzz.pieces(Fuzz.choice(data), input)), "in pieces");
  }

  /** What framer and parser make of the bytes. */
  static List<String> understand(List<byte[]> pieces) {
    var framer = new CommandFramer();
    var seen = new ArrayList<String>();
    var uploaded = new int[1];
    for (byte[] piece : pieces) {
      framer.feed(piece);
      for (Frame frame = framer.next(); !(frame instanceof Frame.More); frame = framer.next()) {
        switch (frame) {
          case Frame.More _ -> throw new AssertionError();
          case Frame.LiteralAhead ahead -> decide(framer, ahead, seen);
          case Frame.UploadBytes(var bytes) -> uploaded[0] += bytes.length;
          case Frame.UploadEnd _ -> {
            seen.add("uploaded " + uploaded[0]);
            uploaded[0] = 0;
            framer.uploaded(new Upload(new MessageBody.InMemory(new byte[0])));
          }
          case Frame.Whole(var command) -> seen.add(parsed(command));
          case Frame.TooLong _ -> {
            return seen;
          }
        }
      }
    }
    return seen;
  }

  private static void decide(CommandFramer framer, Frame.LiteralAhead ahead, List<String> seen) {
    seen.add(ImapCommandParser.beginning(ahead.soFar()) + " literal " + ahead.sizeBytes());
    if (ahead.sizeBytes() > LITERAL_MAX) {
      framer.drop(ImapReplies.TOO_BIG);
    } else if (ahead.sizeBytes() % 2 == 0) {
      framer.collect();
    } else {
      framer.upload();
    }
  }

  private static String parsed(FramedCommand command) {
    return switch (ImapCommandParser.parse(command)) {
      case ImapCommandParser.Parsed.Understood(var tag, ImapCommand.Append append) ->
          tag
              + " APPEND "
              + append.mailbox()
              + append.messages().stream().map(ImapFuzz::words).toList();
      case ImapCommandParser.Parsed.Understood(var tag, ImapCommand.Replace replace) ->
          tag + " REPLACE " + replace.message() + replace.mailbox() + words(replace.replacement());
      case ImapCommandParser.Parsed.Understood(var tag, var understood) -> tag + " " + understood;
      case ImapCommandParser.Parsed.NotUnderstood(var tag, var reply) -> tag + "! " + reply;
    };
  }

  /** Without the message, which is not the same object twice. */
  private static String words(NewMessage message) {
    return message.flags() + " " + message.date();
  }

  /** The parsers of arguments by themselves: a command's name need not be guessed first. */
  private static void arguments(byte[] data) {
    var command = new FramedCommand(List.of(new FramedCommand.Part.Text(data)));
    try {
      SequenceSet set = SequenceSetParser.parse(new CommandCursor(command));
      Fuzz.check(set.isSaved() || !set.ranges().isEmpty(), "empty set");
      for (var range : set.ranges()) {
        Fuzz.check(range.first(5) <= range.last(5) && range.first(5) >= 1, "range");
      }
    } catch (ImapSyntaxException e) {
      reply(e);
    }
    try {
      for (var item : new FetchItemParser(new CommandCursor(command)).parse()) {
        if (item instanceof FetchItem.Section section) {
          labelled(section);
        }
      }
    } catch (ImapSyntaxException e) {
      reply(e);
    }
    refused(() -> new SearchKeyParser(new CommandCursor(command)).parse());
    refused(() -> new SearchKeyParser(new CommandCursor(command)).parseWithCharset());
    refused(() -> SearchReturn.parse(new CommandCursor(command)));
    refused(() -> SortKey.parse(new CommandCursor(command)));
    refused(() -> ThreadAlgorithm.parse(new CommandCursor(command)));
    refused(() -> StatusItem.parse(new CommandCursor(command)));
    var list = new FramedCommand.Part.Text(Fuzz.bytes(" " + Fuzz.text(data)));
    refused(
        () -> new ListCommandParser(new CommandCursor(new FramedCommand(List.of(list)))).parse());
    refused(
        () -> {
          PartialRange range = PartialRange.parse(new CommandCursor(command));
          for (int count : new int[] {0, 1, 7, Integer.MAX_VALUE}) {
            int start = range.start(count);
            int end = range.end(count);
            Fuzz.check(0 <= start && start <= end && end <= count, "range " + range);
          }
          return range;
        });
  }

  /** The label goes into the response as it is: asked for again it is the same. */
  private static void labelled(FetchItem.Section section) throws ImapSyntaxException {
    Fuzz.check(section.label().chars().allMatch(c -> c >= 0x20 && c < 0x7f), "label");
    var asked =
        new FramedCommand(List.of(new FramedCommand.Part.Text(Fuzz.bytes(section.label()))));
    var again = new FetchItemParser(new CommandCursor(asked)).parse();
    boolean same =
        again.size() == 1
            && again.getFirst() instanceof FetchItem.Section two
            && two.label().equals(section.label())
            && two.path().equals(section.path());
    Fuzz.check(same, "label " + section.label() + " means " + again);
  }

  /** What SORT and THREAD take from the headers of others' mails. */
  private static void headers(byte[] data) {
    String text = Fuzz.text(data);
    BaseSubject subject = BaseSubject.of(text);
    Fuzz.check(subject.text().length() <= text.length(), "subject grows");
    Fuzz.same(subject.text(), BaseSubject.of(subject.text()).text(), "base of a base");
    for (String id : MessageIds.in(text)) {
      // What is before the last one may have been quoted, and then begin with one.
      Fuzz.check(id.lastIndexOf('@') > 0 && !id.endsWith("@"), "id " + id);
    }
    MessageDate.moment(text);
    UnicodeCasemap.bytes(text);
  }

  private interface Parsing {
    Object parse() throws ImapSyntaxException;
  }

  private static void refused(Parsing parsing) {
    try {
      Fuzz.check(parsing.parse() != null, "nothing");
    } catch (ImapSyntaxException e) {
      reply(e);
    }
  }

  private static void reply(ImapSyntaxException e) {
    Fuzz.check(e.reply() != null, "no reply");
  }

  private static void names(byte[] data) {
    String wire = Fuzz.text(data);
    ModifiedUtf7.decode(wire)
        .ifPresent(n -> Fuzz.same(wire, ModifiedUtf7.encode(n), "one spelling"));
    String name = Fuzz.utf8(data);
    String encoded = ModifiedUtf7.encode(name);
    Fuzz.check(encoded.chars().allMatch(c -> c >= 0x20 && c < 0x7f), "not printable");
    Fuzz.same(Optional.of(name), ModifiedUtf7.decode(encoded), "name");
  }

  private static void pattern(byte[] data) {
    var parts = Fuzz.parts(data, 2);
    String pattern = new String(parts.get(0), StandardCharsets.UTF_8);
    String name = new String(parts.get(1), StandardCharsets.UTF_8);
    if (pattern.length() <= ListPattern.MAX_CHARACTERS && name.length() < 500) {
      boolean matches = new ListPattern(pattern).matches(name);
      boolean plain = pattern.indexOf('*') < 0 && pattern.indexOf('%') < 0;
      Fuzz.check(
          !plain || matches == name.equals(pattern) || name.equalsIgnoreCase("INBOX"), "match");
      Fuzz.check(new ListPattern("*").matches(name), "all");
    }
  }

  private static void dates(byte[] data) {
    String text = Fuzz.text(data);
    ImapDates.day(text);
    ImapDates.moment(text)
        .ifPresent(
            moment -> {
              String written = ImapDates.write(moment);
              Fuzz.same(Optional.of(moment), ImapDates.moment(written), "date " + written);
            });
  }

  /** A string in a response, read as a client would: it must not end early. */
  private static void text(byte[] data) {
    String text = Fuzz.text(data);
    for (String written : List.of(ImapText.string(text), ImapText.astring(text))) {
      List<String> seen = understand(List.of(Fuzz.bytes("a SEARCH SUBJECT " + written + "\r\n")));
      Fuzz.check(!seen.isEmpty(), "no end: " + written);
    }
  }
}
