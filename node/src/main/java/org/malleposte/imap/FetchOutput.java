package org.malleposte.imap;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.KeptHeader;

/**
 * The responses of FETCH, message by message. Memory is bounded: a batch of messages without
 * bodies, one rendered item of one message, and large pieces are streamed from the store.
 */
final class FetchOutput implements Output {
  private final AccountName account;
  private final MailboxView view;
  private final BitSet positions;
  private final List<FetchItem> items;
  private final OptionalLong changedSince;
  private final boolean keptFieldsDo;
  private final Deque<Message> batch = new ArrayDeque<>();
  private final Deque<FetchPiece> pieces = new ArrayDeque<>();
  private final byte[] buffer = new byte[8 * 1024];
  private int next;
  private int missing;
  private BodyReader body;
  private FetchWriter writer;
  private InputStream range;
  private long rangeLeft;
  private boolean rangeIsBinary;
  private boolean unknownEncoding;

  /**
   * @param positions of the messages in {@code view}, from 0
   * @param changedSince only messages changed after it (RFC 7162 §3.1.4.1)
   */
  FetchOutput(
      AccountName account,
      MailboxView view,
      BitSet positions,
      List<FetchItem> items,
      OptionalLong changedSince) {
    this.account = account;
    this.view = view;
    this.positions = positions;
    this.items = List.copyOf(new LinkedHashSet<>(items));
    this.changedSince = changedSince;
    keptFieldsDo =
        items.stream().anyMatch(FetchWriter::needsBody)
            && items.stream().noneMatch(FetchWriter::needsMore);
  }

  /** Messages that the client knows and the store has no more. */
  int missing() {
    return missing;
  }

  /** Whether a part was asked for that could not be decoded. */
  boolean unknownEncoding() {
    return unknownEncoding;
  }

  @Override
  public boolean fill(MailboxStore store, ByteSink sink) throws IOException {
    while (!sink.isFull()) {
      if (rangeLeft > 0) {
        copyRange(sink);
      } else if (!pieces.isEmpty()) {
        begin(pieces.poll(), sink);
      } else if (writer != null && writer.hasMore()) {
        pieces.addAll(writer.next());
        unknownEncoding |= writer.unknownEncoding();
      } else if (!batch.isEmpty()) {
        closeBody();
        render(store, batch.poll());
      } else if (!readBatch(store)) {
        closeBody();
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    closeBody();
  }

  private void begin(FetchPiece piece, ByteSink sink) throws IOException {
    switch (piece) {
      case FetchPiece.Bytes(var bytes) -> sink.writeBytes(bytes);
      case FetchPiece.Range(long offset, long length) -> {
        range = body.from(offset);
        rangeLeft = length;
        rangeIsBinary = false;
      }
      case FetchPiece.Decoded(var part, long offset, long length) -> {
        range = part.open(body);
        range.skipNBytes(offset);
        rangeLeft = length;
        rangeIsBinary = true;
      }
    }
  }

  private void copyRange(ByteSink sink) throws IOException {
    int wanted = (int) Math.min(Math.min(rangeLeft, buffer.length), Math.max(sink.room(), 1));
    int read = range.read(buffer, 0, wanted);
    if (read < 0) {
      throw new IOException("the message is shorter than its size says");
    }
    for (int i = 0; i < read && !rangeIsBinary; i++) {
      // A literal must not hold NUL (RFC 3501 §9, CHAR8); Dovecot sends 0x80 in its place.
      buffer[i] = buffer[i] == 0 ? (byte) 0x80 : buffer[i];
    }
    sink.write(buffer, 0, read);
    rangeLeft -= read;
  }

  private boolean readBatch(MailboxStore store) {
    var some = new BitSet();
    int from = next;
    int count = 0;
    for (int i = positions.nextSetBit(next);
        i >= 0 && count < ImapLimits.BATCH_MESSAGES;
        i = positions.nextSetBit(i + 1)) {
      some.set(i);
      next = i + 1;
      count++;
    }
    if (next == from) {
      return false;
    }
    UidSet uids = view.uids(some);
    if (changedSince.isPresent()) {
      store.changedSince(account, view.mailboxId(), uids, changedSince.getAsLong(), batch::add);
    } else {
      store.messages(account, view.mailboxId(), uids, batch::add);
      missing += count - batch.size();
    }
    return true;
  }

  private void render(MailboxStore store, Message message) throws IOException {
    int sequence = view.sequence(message.uid());
    if (sequence == 0) {
      return;
    }
    var next = new FetchWriter(view, message);
    var kept = kept(store, message);
    if (kept.isPresent()) {
      next.header(kept.get());
    } else if (items.stream().anyMatch(FetchWriter::needsBody)) {
      try {
        body = BodyReader.open(store, account, message);
      } catch (IOException e) {
        // Expunged since the batch was read; nothing of it has been sent.
        missing++;
        return;
      }
      next.body(body);
    }
    pieces.addAll(next.begin(sequence, items));
    writer = next;
  }

  /** The fields kept beside the message, if they are all that is asked of its body. */
  private Optional<HeaderBlock> kept(MailboxStore store, Message message) {
    return keptFieldsDo
        ? store.index(account, message.blob()).flatMap(KeptHeader::read)
        : Optional.empty();
  }

  private void closeBody() {
    if (body != null) {
      body.close();
      body = null;
    }
  }
}
