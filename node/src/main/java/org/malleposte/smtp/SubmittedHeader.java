package org.malleposte.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.malleposte.line.MessageDecoder.Sink;

/**
 * Puts the header of a submitted message right as it passes (RFC 6409 §8): adds {@code Date} and
 * {@code Message-ID} where they lack, and takes out what must not leave ({@code Bcc} would tell the
 * others who got a blind copy, RFC 5322 §3.6.3). Holds one line at a time. Belongs to one message.
 */
final class SubmittedHeader implements Sink {
  /**
   * What is added.
   *
   * @param date RFC 5322 §3.3
   * @param messageId with its angle brackets
   */
  record Missing(String date, String messageId) {}

  private static final Set<String> NOT_TO_LEAVE = Set.of("bcc", "resent-bcc", "return-path");

  /** A longer line is handed on in parts, as part of the field that it began. */
  private static final int LINE_MAX = 64 << 10;

  private enum State {
    FIELD_KEPT,
    FIELD_DROPPED,
    BODY
  }

  private final Missing missing;
  private final Sink next;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private State state = State.FIELD_KEPT;
  private boolean inLine;
  private boolean hasDate;
  private boolean hasMessageId;

  SubmittedHeader(Missing missing, Sink next) {
    this.missing = missing;
    this.next = next;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && state != State.BODY) {
      int from = at;
      while (at < end && bytes[at] != '\n') {
        at++;
      }
      boolean complete = at < end;
      at = complete ? at + 1 : at;
      line.write(bytes, from, at - from);
      if (complete || line.size() > LINE_MAX) {
        take(complete);
      }
    }
    if (at < end) {
      next.write(bytes, at, end - at);
    }
  }

  /** The message has ended, perhaps without a body. */
  void end() {
    if (state != State.BODY) {
      boolean cutOff = line.size() > 0 || inLine;
      if (line.size() > 0) {
        take(true);
      }
      if (cutOff && state == State.FIELD_KEPT) {
        add(""); // Only chunks can end so: what is added begins on a line of its own.
      }
      if (state != State.BODY) {
        addMissing();
        state = State.BODY;
      }
    }
  }

  private void take(boolean complete) {
    byte[] text = line.toByteArray();
    line.reset();
    boolean begins = !inLine && text[0] != ' ' && text[0] != '\t';
    inLine = !complete;
    if (begins) {
      begin(text);
    }
    if (state != State.FIELD_DROPPED) {
      next.write(text, 0, text.length);
    }
  }

  /** A line that begins a field, or ends the header. */
  private void begin(byte[] text) {
    String name = fieldName(text);
    if (name.isEmpty()) {
      addMissing();
      boolean isEmptyLine = text[0] == '\r' || text[0] == '\n';
      if (!isEmptyLine) {
        add(""); // A message without a header: what follows is its text.
      }
      state = State.BODY;
      return;
    }
    hasDate |= name.equals("date");
    hasMessageId |= name.equals("message-id");
    state = NOT_TO_LEAVE.contains(name) ? State.FIELD_DROPPED : State.FIELD_KEPT;
  }

  /** In lower case; empty when the line begins no field (RFC 5322 §2.2). */
  private static String fieldName(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] > ' ' && text[end] < 0x7f && text[end] != ':') {
      end++;
    }
    int colon = end;
    // RFC 5322 §4.5: old programs put a space before the colon.
    while (colon < text.length && (text[colon] == ' ' || text[colon] == '\t')) {
      colon++;
    }
    boolean isField = colon < text.length && text[colon] == ':';
    return isField
        ? new String(text, 0, end, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT)
        : "";
  }

  private void addMissing() {
    if (!hasDate) {
      add("Date: " + missing.date());
    }
    if (!hasMessageId) {
      add("Message-ID: " + missing.messageId());
    }
  }

  private void add(String text) {
    byte[] bytes = (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    next.write(bytes, 0, bytes.length);
  }
}
