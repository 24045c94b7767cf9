package org.malleposte.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.StorePolicy;

/**
 * The fields of a message's header for which mail programs ask when they show a mailbox, search and
 * sort it. They are kept beside the message as they stand in it, so that its body need not be read:
 * a version, the size of the whole header, the fields.
 */
public final class KeptHeader {
  private static final int VERSION = 1;
  private static final byte[] NONE = {};

  /** In lower case. Another set is another version. */
  private static final Set<String> NAMES =
      Set.of(
          "date",
          "subject",
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "bcc",
          "message-id",
          "in-reply-to",
          "references",
          "content-type",
          "content-transfer-encoding",
          "mime-version",
          "delivered-to",
          "return-path",
          "list-id",
          "list-post",
          "list-unsubscribe",
          "importance",
          "priority",
          "x-priority",
          "x-mailer",
          "user-agent",
          "organization",
          "newsgroups",
          "disposition-notification-to",
          "x-spam-flag",
          "x-spam-status",
          "autocrypt",
          "x-uid",
          "x-status");

  private KeptHeader() {}

  /**
   * What to keep of a message.
   *
   * @param beginning of the message, {@link StorePolicy#INDEXED_BYTES} or all of it
   * @return empty when the header goes on beyond it, or would take too much room
   */
  public static byte[] of(byte[] beginning) {
    var header = block(beginning);
    if (header.sizeBytes() >= StorePolicy.INDEXED_BYTES
        || header.sizeBytes() > MimeLimits.HEADER_MAX_BYTES) {
      return NONE;
    }
    var out = new RecordWriter(1024).u8(VERSION).varint(header.sizeBytes());
    for (var field : header.fields()) {
      if (isKept(field.name())) {
        out.raw(field.bytes());
      }
    }
    return out.sizeBytes() <= StorePolicy.MAX_INDEX_BYTES ? out.toBytes() : NONE;
  }

  /** The kept fields, and the size of the whole header; empty for another version's. */
  public static Optional<HeaderBlock> read(byte[] index) {
    if (index.length == 0 || index[0] != VERSION) {
      return Optional.empty();
    }
    var in = new RecordReader(index);
    in.u8();
    long sizeBytes = in.varint();
    return Optional.of(new HeaderBlock(block(in.rest()).fields(), sizeBytes));
  }

  /** Whether a field of this name is kept whenever a message has one. */
  public static boolean isKept(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Whether all of these are. */
  public static boolean areKept(Collection<String> names) {
    return names.stream().allMatch(KeptHeader::isKept);
  }

  private static HeaderBlock block(byte[] bytes) {
    try {
      return HeaderBlock.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }
}
