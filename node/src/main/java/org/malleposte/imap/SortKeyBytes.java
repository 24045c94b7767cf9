package org.malleposte.imap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.malleposte.imap.MessageHeaders.Addresses;
import org.malleposte.imap.SortKey.Direction;
import org.malleposte.mailbox.Message;

/**
 * All that a message is sorted by, in one array whose order as unsigned bytes is the order of the
 * messages. At its end are the sequence number, which decides between equals (RFC 5256 §3), and the
 * MODSEQ.
 */
final class SortKeyBytes {
  private static final int TAIL_BYTES = Integer.BYTES + Long.BYTES;

  private SortKeyBytes() {}

  static byte[] of(SearchCandidate candidate, List<SortKey> order) throws IOException {
    var out = new ByteArrayOutputStream();
    for (var key : order) {
      byte[] bytes = value(candidate, key.field());
      if (key.direction() == Direction.REVERSE) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) ~bytes[i];
        }
      }
      out.writeBytes(bytes);
    }
    var tail = ByteBuffer.allocate(TAIL_BYTES);
    out.writeBytes(tail.putInt(candidate.sequence()).putLong(candidate.message().modSeq()).array());
    return out.toByteArray();
  }

  static int sequence(byte[] key) {
    return ByteBuffer.wrap(key).getInt(key.length - TAIL_BYTES);
  }

  static long modSeq(byte[] key) {
    return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
  }

  private static byte[] value(SearchCandidate candidate, SortKey.Field field) throws IOException {
    Message message = candidate.message();
    return switch (field) {
      case ARRIVAL -> number(message.internalDate().getEpochSecond());
      case SIZE -> number(message.sizeBytes());
      case DATE ->
          number(candidate.headers().sent().orElse(message.internalDate()).getEpochSecond());
      case SUBJECT -> text(candidate.headers().subject().text());
      case FROM -> text(candidate.headers().mailbox(Addresses.FROM));
      case TO -> text(candidate.headers().mailbox(Addresses.TO));
      case CC -> text(candidate.headers().mailbox(Addresses.CC));
      case DISPLAYFROM -> text(candidate.headers().display(Addresses.FROM));
      case DISPLAYTO -> text(candidate.headers().display(Addresses.TO));
    };
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number ^ Long.MIN_VALUE).array();
  }

  /** Ends with NUL, which is in no text: so a text comes before those that it begins. */
  private static byte[] text(String text) {
    int end = Math.min(text.length(), ImapLimits.SORT_TEXT_MAX_CHARACTERS);
    byte[] folded = UnicodeCasemap.bytes(text.substring(0, end).replace("\0", ""));
    return java.util.Arrays.copyOf(folded, folded.length + 1);
  }
}
