package org.malleposte.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.malleposte.blob.MessageBody;
import org.malleposte.imap.FetchItem.Partial;
import org.malleposte.imap.FetchItem.Section;
import org.malleposte.imap.FetchItem.SectionText;
import org.malleposte.mailbox.Message;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.KeptHeader;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimeScanner;

/** Renders the FETCH response of one message (RFC 3501 §7.4.2). */
final class FetchWriter {
  private final MailboxView view;
  private final Message message;
  private final List<FetchPiece> pieces = new ArrayList<>();
  private final Deque<FetchItem> waiting = new ArrayDeque<>();
  private final StringBuilder text = new StringBuilder();
  private BodyReader body;
  private MimePart structure;
  private HeaderBlock header;
  private boolean unknownEncoding;

  FetchWriter(MailboxView view, Message message) {
    this.view = view;
    this.message = message;
  }

  static boolean needsBody(FetchItem item) {
    return switch (item) {
      case FetchItem.Envelope _,
          FetchItem.Structure _,
          FetchItem.Section _,
          FetchItem.Binary _,
          FetchItem.BinarySize _,
          FetchItem.PreviewText _ ->
          true;
      case FetchItem.Uid _,
          FetchItem.FlagList _,
          FetchItem.InternalDate _,
          FetchItem.Size _,
          FetchItem.ModSeq _,
          FetchItem.SaveDate _,
          FetchItem.EmailId _,
          FetchItem.ThreadId _ ->
          false;
    };
  }

  /** Whether the item needs more of the body than what {@link KeptHeader} has. */
  static boolean needsMore(FetchItem item) {
    return switch (item) {
      case Section(var _, var path, SectionText.HeaderFields fields, var _, var _)
          when path.isEmpty() && !fields.not() ->
          !KeptHeader.areKept(fields.names());
      case FetchItem.Envelope _ -> false;
      case FetchItem other -> needsBody(other);
    };
  }

  void body(BodyReader reader) {
    body = reader;
  }

  /** Only for items that need no more. */
  void header(HeaderBlock kept) {
    header = kept;
  }

  /** The pieces up to the first item; the items follow, one by one. */
  List<FetchPiece> begin(int sequence, List<FetchItem> items) {
    boolean showsFlags = items.stream().anyMatch(FetchItem.FlagList.class::isInstance);
    if (showsFlags && view.learn(message.flags())) {
      text.append(FlagLines.announce(view));
    }
    text.append("* ").append(sequence).append(" FETCH (");
    waiting.addAll(items);
    return taken();
  }

  boolean hasMore() {
    return !waiting.isEmpty();
  }

  /**
   * The pieces of the next item, and what follows the last. One at a time, because a command may
   * ask for hundreds that each are as large as a header. Blocks on disk.
   */
  List<FetchPiece> next() throws IOException {
    write(waiting.remove());
    text.append(waiting.isEmpty() ? ")\r\n" : " ");
    return taken();
  }

  private List<FetchPiece> taken() {
    flush();
    var taken = List.copyOf(pieces);
    pieces.clear();
    return taken;
  }

  private void write(FetchItem item) throws IOException {
    switch (item) {
      case FetchItem.Uid _ -> text.append("UID ").append(message.uid());
      case FetchItem.FlagList _ ->
          text.append("FLAGS (")
              .append(FlagLines.of(view, message.uid(), message.flags()))
              .append(')');
      case FetchItem.InternalDate _ ->
          text.append("INTERNALDATE \"")
              .append(ImapDates.write(message.internalDate()))
              .append('"');
      case FetchItem.Size _ -> text.append("RFC822.SIZE ").append(message.sizeBytes());
      case FetchItem.ModSeq _ -> text.append("MODSEQ (").append(message.modSeq()).append(')');
      case FetchItem.SaveDate _ ->
          text.append("SAVEDATE \"").append(ImapDates.write(message.saved())).append('"');
      case FetchItem.EmailId _ ->
          text.append("EMAILID (").append(ObjectIds.email(message)).append(')');
      case FetchItem.ThreadId _ -> text.append("THREADID NIL");
      case FetchItem.PreviewText(boolean lazy) -> text.append("PREVIEW ").append(preview(lazy));
      case FetchItem.Envelope _ -> text.append("ENVELOPE ").append(EnvelopeWriter.write(header()));
      case FetchItem.Structure(boolean extended) ->
          text.append(extended ? "BODYSTRUCTURE " : "BODY ")
              .append(StructureWriter.write(structure(), extended));
      case FetchItem.Binary binary -> write(binary);
      case FetchItem.BinarySize size -> write(size);
      case Section section -> write(section);
    }
  }

  private void write(Section section) throws IOException {
    text.append(section.label()).append(' ');
    switch (locate(section)) {
      case Located.Nothing _ -> text.append("NIL");
      case Located.Bytes(var bytes) -> {
        int from = (int) Math.min(section.partial().origin(), bytes.length);
        int length = (int) Math.min(section.partial().count(), bytes.length - from);
        String part = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        text.append('{').append(length).append("}\r\n").append(part.replace('\0', '\u0080'));
      }
      case Located.Range(long start, long end) -> {
        Partial partial = section.partial();
        long from = Math.min(start + partial.origin(), end);
        long length = Math.min(partial.count(), end - from);
        text.append('{').append(length).append("}\r\n");
        flush();
        pieces.add(new FetchPiece.Range(from, length));
      }
    }
  }

  /** Whether a part was asked for that could not be decoded. */
  boolean unknownEncoding() {
    return unknownEncoding;
  }

  private void write(FetchItem.Binary binary) throws IOException {
    text.append(binary.label()).append(' ');
    Optional<BinaryPart> part = binaryPart(binary.path());
    if (part.isEmpty()) {
      text.append("NIL");
      return;
    }
    Partial partial = binary.partial();
    var measured = part.get().measure(body, partial);
    long from = Math.min(partial.origin(), measured.sizeBytes());
    long length = Math.min(partial.count(), measured.sizeBytes() - from);
    // Only a literal8 may hold NUL (RFC 3516 §4.2).
    text.append(measured.hasNul() ? "~{" : "{").append(length).append("}\r\n");
    flush();
    pieces.add(new FetchPiece.Decoded(part.get(), from, length));
  }

  private void write(FetchItem.BinarySize size) throws IOException {
    Optional<BinaryPart> part = binaryPart(size.path());
    long bytes = part.isEmpty() ? 0 : part.get().measure(body, Partial.ALL).sizeBytes();
    text.append(size.label()).append(' ').append(bytes);
  }

  /** Empty also when it cannot be decoded. */
  private Optional<BinaryPart> binaryPart(List<Integer> path) throws IOException {
    Optional<BinaryPart> part =
        path.isEmpty()
            ? Optional.of(BinaryPart.whole(message.sizeBytes()))
            : PartPath.find(structure(), path).map(BinaryPart::of);
    unknownEncoding |= part.isPresent() && !part.get().isKnown();
    return part.filter(BinaryPart::isKnown);
  }

  /** Where the bytes of a section are. */
  private sealed interface Located {
    /** There is no such part. */
    record Nothing() implements Located {}

    record Bytes(byte[] bytes) implements Located {}

    record Range(long start, long end) implements Located {}
  }

  private Located locate(Section section) throws IOException {
    // Most ask for the whole message or its header: that needs no look at its parts.
    if (section.path().isEmpty()) {
      return switch (section.text()) {
        case SectionText.Whole _ -> new Located.Range(0, message.sizeBytes());
        case SectionText.Header _ -> new Located.Range(0, header().sizeBytes());
        case SectionText.Text _ -> new Located.Range(header().sizeBytes(), message.sizeBytes());
        case SectionText.HeaderFields fields -> new Located.Bytes(fields(header(), fields));
        case SectionText.Mime _ -> new Located.Nothing();
      };
    }
    var part = PartPath.find(structure(), section.path());
    return part.isEmpty() ? new Located.Nothing() : locate(part.get(), section.text());
  }

  private Located locate(MimePart part, SectionText wanted) throws IOException {
    var embedded = PartPath.embedded(part);
    return switch (wanted) {
      case SectionText.Whole _ -> new Located.Range(part.bodyStart(), part.bodyEnd());
      case SectionText.Mime _ -> new Located.Range(part.headerStart(), part.bodyStart());
      case SectionText.Header _ ->
          embedded.isEmpty()
              ? new Located.Nothing()
              : new Located.Range(embedded.get().headerStart(), embedded.get().bodyStart());
      case SectionText.Text _ ->
          embedded.isEmpty()
              ? new Located.Nothing()
              : new Located.Range(embedded.get().bodyStart(), embedded.get().bodyEnd());
      case SectionText.HeaderFields fields ->
          embedded.isEmpty()
              ? new Located.Nothing()
              : new Located.Bytes(fields(headerOf(embedded.get()), fields));
    };
  }

  /** The wanted fields as they stand in the message, and an empty line (RFC 3501 §6.4.5). */
  private static byte[] fields(HeaderBlock header, SectionText.HeaderFields wanted) {
    var out = new StringBuilder();
    for (var field : header.fields()) {
      boolean named = wanted.names().stream().anyMatch(field::is);
      if (named != wanted.not()) {
        out.append(field.raw());
      }
    }
    return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private String preview(boolean lazy) throws IOException {
    return lazy && message.sizeBytes() > MessageBody.INLINE_MAX_BYTES
        ? "NIL"
        : ImapText.string(Preview.of(structure(), body));
  }

  private HeaderBlock headerOf(MimePart part) throws IOException {
    return HeaderBlock.read(body.from(part.headerStart()));
  }

  private HeaderBlock header() throws IOException {
    if (header == null) {
      header = HeaderBlock.read(body.from(0));
    }
    return header;
  }

  private MimePart structure() throws IOException {
    if (structure == null) {
      structure = MimeScanner.scan(body.from(0));
    }
    return structure;
  }

  private void flush() {
    if (!text.isEmpty()) {
      pieces.add(new FetchPiece.Bytes(text.toString().getBytes(StandardCharsets.ISO_8859_1)));
      text.setLength(0);
    }
  }
}
