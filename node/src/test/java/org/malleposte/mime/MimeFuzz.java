package org.malleposte.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mime.MimePart.Kind;

/** Messages as others write them. */
public final class MimeFuzz {
  /** Of a part's text that is read. */
  private static final int TEXT_MAX = 64 << 10;

  private MimeFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget(
            "mime-message",
            MimeFuzz::message,
            () ->
                Fuzz.files("src/test/resources/mime", ".eml").stream()
                    .map(m -> Fuzz.behind(9, m))
                    .toList()),
        FuzzTarget.of(
            "mime-fields",
            MimeFuzz::fields,
            "text/plain; charset=\"utf-8\"; a*0=b; a*1*=c (x)",
            "Tim <@a,@b:t@c.test>, g: x@y, \"q\\\"\"@z;, (c) bad",
            "Mon, 4 May 26 10:00:00 +0000",
            "=?utf-8?q?a=5F_b?= =?iso-8859-1?B?YWJj?= \303\274"),
        FuzzTarget.of(
            "text-search",
            MimeFuzz::search,
            "\3SS\377stra\303\237e",
            "\1\316\243\377\316\261\316\243\316\277"));
  }

  private static void message(byte[] data) throws IOException {
    byte[] bytes = Fuzz.rest(data);
    MimePart root = MimeScanner.scan(new ByteArrayInputStream(bytes));
    Fuzz.same(root, MimeScanner.scan(Fuzz.slowly(Fuzz.choice(data), bytes)), "read slowly");
    Fuzz.check(part(root, 0, bytes.length, bytes, 0) <= MimeLimits.PARTS_MAX + 1, "parts");
    var header = HeaderBlock.read(new ByteArrayInputStream(bytes));
    Fuzz.check(header.sizeBytes() <= bytes.length, "header");
    var slowly = HeaderBlock.read(Fuzz.slowly(Fuzz.choice(data), bytes));
    Fuzz.same(header, slowly, "header read slowly");
    header.fields().forEach(HeaderField::value);
  }

  /** How many parts; each within its parent, and in order. */
  private static int part(MimePart part, long from, long to, byte[] bytes, int depth)
      throws IOException {
    boolean inOrder =
        from <= part.headerStart()
            && part.headerStart() <= part.bodyStart()
            && part.bodyStart() <= part.bodyEnd()
            && part.bodyEnd() <= to;
    Fuzz.check(inOrder, "part " + part + " is not within " + from + " to " + to);
    Fuzz.check(depth <= MimeLimits.DEPTH_MAX, "depth");
    long lines = 0;
    for (long at = part.bodyStart(); at < part.bodyEnd(); at++) {
      lines += bytes[(int) at] == '\n' ? 1 : 0;
    }
    Fuzz.same(lines, part.lines(), "lines of " + part);
    return switch (part.kind()) {
      case Kind.Leaf _ -> {
        text(part, bytes);
        yield 1;
      }
      case Kind.Embedded(var message) ->
          1 + part(message, part.bodyStart(), part.bodyEnd(), bytes, depth + 1);
      case Kind.Multipart(var parts) -> {
        int count = 1;
        long at = part.bodyStart();
        for (var child : parts) {
          count += part(child, at, part.bodyEnd(), bytes, depth + 1);
          at = child.bodyEnd();
        }
        yield count;
      }
    };
  }

  private static void text(MimePart part, byte[] bytes) throws IOException {
    var body = new ByteArrayInputStream(bytes, (int) part.bodyStart(), (int) part.bodyBytes());
    try (var text = MimeText.open(part, body)) {
      var chunk = new char[1024];
      int read = 0;
      for (int n = text.read(chunk); n >= 0 && read < TEXT_MAX; n = text.read(chunk)) {
        read += n;
      }
      Fuzz.check(read <= 4 * part.bodyBytes() + 4, "text longer than its bytes");
    }
  }

  private static void fields(byte[] data) {
    String value = Fuzz.text(data);
    MimeTypeParser.contentType(value)
        .ifPresent(
            t -> Fuzz.check(t.parameters().size() <= MimeLimits.PARAMETERS_MAX, "parameters"));
    MimeTypeParser.disposition(value);
    MimeTypeParser.word(value)
        .ifPresent(w -> Fuzz.same(w, MimeTypeParser.word(w).orElse(""), "word"));
    Fuzz.check(MimeTypeParser.words(value).size() <= MimeLimits.PARAMETERS_MAX, "words");
    MessageDate.day(value);
    MimeText.decodeField(value);
    int groups = 0;
    var addresses = AddressListParser.parse(value);
    Fuzz.check(addresses.size() <= MimeLimits.ADDRESSES_MAX + 2, "addresses");
    for (var address : addresses) {
      switch (address) {
        case MailAddress.GroupStart _ -> Fuzz.same(1, ++groups, "groups within groups");
        case MailAddress.GroupEnd _ -> Fuzz.same(0, --groups, "groups");
        case MailAddress.Mailbox _ -> {}
      }
    }
    Fuzz.same(0, groups, "groups that end");
  }

  private static void search(byte[] data) throws IOException {
    var parts = Fuzz.parts(Fuzz.rest(data), 2);
    var search = new TextSearch(Fuzz.utf8(parts.get(0)));
    String text = Fuzz.utf8(parts.get(1));
    var slowly = new InputStreamReaderBy(text, 1 + Fuzz.choice(data) % 7);
    Fuzz.same(search.isIn(text), search.isIn(slowly), "found in pieces");
    Fuzz.check(new TextSearch(text).isIn(text), "a text is in itself");
    Fuzz.check(new TextSearch("").isIn(text), "nothing is in everything");
  }

  /** Gives a few characters at a time. */
  private static final class InputStreamReaderBy extends StringReader {
    private final int most;

    InputStreamReaderBy(String text, int most) {
      super(text);
      this.most = most;
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
      return super.read(into, offset, Math.min(most, length));
    }

    @Override
    public int read(char[] into) throws IOException {
      return read(into, 0, into.length);
    }
  }
}
