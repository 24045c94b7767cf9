package org.malleposte.imap;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mime.BoundedStream;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimeScanner;
import org.malleposte.mime.MimeText;
import org.malleposte.mime.TextSearch;

/** A message that SEARCH looks at; what it costs to read is read when a condition needs it. */
final class SearchCandidate implements AutoCloseable {
  private final MailboxStore store;
  private final AccountName account;
  private final Message message;
  private final int sequence;
  private final MailboxView view;
  private BodyReader body;
  private boolean gone;
  private HeaderBlock header;
  private MimePart structure;
  private long bytesRead;

  SearchCandidate(
      MailboxStore store, AccountName account, Message message, int sequence, MailboxView view) {
    this.store = store;
    this.account = account;
    this.message = message;
    this.sequence = sequence;
    this.view = view;
  }

  Message message() {
    return message;
  }

  int sequence() {
    return sequence;
  }

  boolean isRecent() {
    return view.isRecent(message.uid());
  }

  /** About how much was read from the store. */
  long bytesRead() {
    return bytesRead;
  }

  HeaderBlock header() throws IOException {
    if (header == null) {
      header = isReadable() ? HeaderBlock.read(body.from(0)) : HeaderBlock.EMPTY;
      bytesRead += header.sizeBytes();
    }
    return header;
  }

  /** What SORT and THREAD want to know of it. */
  MessageHeaders headers() throws IOException {
    return new HeaderFields(header());
  }

  boolean headerContains(TextSearch wanted) throws IOException {
    return contains(header(), wanted);
  }

  /** In any text part, or in the header of an embedded message. */
  boolean bodyContains(TextSearch wanted) throws IOException {
    if (!isReadable()) {
      return false;
    }
    if (structure == null) {
      structure = MimeScanner.scan(body.from(0));
      bytesRead += message.sizeBytes();
    }
    var leaves = new ArrayList<MimePart>();
    var messages = new ArrayList<MimePart>();
    collect(structure, leaves, messages);
    for (var embedded : messages) {
      if (contains(HeaderBlock.read(body.from(embedded.headerStart())), wanted)) {
        return true;
      }
    }
    for (var leaf : leaves) {
      if (leaf.isText() && leafContains(leaf, wanted)) {
        return true;
      }
    }
    return false;
  }

  private boolean leafContains(MimePart leaf, TextSearch wanted) throws IOException {
    InputStream bytes = new BoundedStream(body.from(leaf.bodyStart()), leaf.bodyBytes());
    bytesRead += leaf.bodyBytes();
    return wanted.isIn(MimeText.open(leaf, bytes));
  }

  private static boolean contains(HeaderBlock header, TextSearch wanted) {
    for (HeaderField field : header.fields()) {
      if (wanted.isIn(field.name() + ": " + MimeText.decodeField(field.value()))) {
        return true;
      }
    }
    return false;
  }

  private static void collect(MimePart part, List<MimePart> leaves, List<MimePart> messages) {
    switch (part.kind()) {
      case MimePart.Kind.Leaf _ -> leaves.add(part);
      case MimePart.Kind.Multipart(var parts) ->
          parts.forEach(child -> collect(child, leaves, messages));
      case MimePart.Kind.Embedded(var embedded) -> {
        messages.add(embedded);
        collect(embedded, leaves, messages);
      }
    }
  }

  private boolean isReadable() {
    if (body == null && !gone) {
      try {
        body = BodyReader.open(store, account, message);
      } catch (IOException e) {
        // Expunged in the meantime: it contains nothing.
        gone = true;
      }
    }
    return !gone;
  }

  @Override
  public void close() {
    if (body != null) {
      body.close();
    }
  }
}
