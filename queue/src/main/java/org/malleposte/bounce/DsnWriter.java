package org.malleposte.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes a {@link DsnMessage} as {@code multipart/report} (RFC 6522): words for a person, fields
 * for a program, and the header of the mail. Never the body: a report must not carry a stranger's
 * mail to a forged sender.
 */
final class DsnWriter {
  /** More of a header is cut. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  private static final int MAX_TEXT = 500;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private DsnWriter() {}

  static byte[] write(DsnMessage dsn) {
    String boundary = "report-" + dsn.id().value();
    var text = new StringBuilder();
    header(text, dsn, boundary);
    forPeople(text.append("--").append(boundary).append("\r\n"), dsn);
    forPrograms(text.append("\r\n--").append(boundary).append("\r\n"), dsn);
    text.append("\r\n--").append(boundary).append("\r\nContent-Type: text/rfc822-headers\r\n\r\n");
    var out = new ByteArrayOutputStream();
    out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    out.write(dsn.headers(), 0, Math.min(dsn.headers().length, MAX_HEADER_BYTES));
    out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static void header(StringBuilder text, DsnMessage dsn, String boundary) {
    String subject =
        switch (dsn.action()) {
          case FAILED -> "Undelivered mail returned to sender";
          case DELAYED -> "Your mail is late; it is still tried";
        };
    line(text, "From: Mail Delivery Subsystem <MAILER-DAEMON@" + dsn.reporter() + ">");
    line(text, "To: <" + dsn.to() + ">");
    line(text, "Subject: " + subject);
    line(text, "Date: " + date(dsn.date()));
    line(text, "Message-ID: <" + dsn.id() + "@" + dsn.reporter() + ">");
    line(text, "Auto-Submitted: auto-replied"); // RFC 3834 §5
    line(text, "MIME-Version: 1.0");
    line(text, "Content-Type: multipart/report; report-type=delivery-status;");
    line(text, "\tboundary=\"" + boundary + "\"");
    line(text, "");
  }

  private static void forPeople(StringBuilder text, DsnMessage dsn) {
    line(text, "Content-Type: text/plain; charset=utf-8");
    line(text, "Content-Transfer-Encoding: 8bit");
    line(text, "");
    line(text, "This is the mail system at " + dsn.reporter() + ".");
    line(text, "");
    line(
        text,
        switch (dsn.action()) {
          case FAILED -> "Your mail of " + date(dsn.arrived()) + " could not be delivered to:";
          case DELAYED -> "Your mail of " + date(dsn.arrived()) + " has not been delivered yet to:";
        });
    for (var recipient : dsn.recipients()) {
      line(text, "");
      line(text, "  <" + recipient.original() + ">");
      line(text, "    " + oneLine(recipient.text()));
    }
    line(text, "");
    if (dsn.action() == DsnMessage.Action.DELAYED) {
      line(text, "You need not send it again: it is tried further, and you will hear if it fails.");
    }
  }

  private static void forPrograms(StringBuilder text, DsnMessage dsn) {
    line(text, "Content-Type: message/delivery-status");
    line(text, "");
    line(text, "Reporting-MTA: dns; " + dsn.reporter());
    line(text, "X-Queue-Id: " + dsn.about());
    line(text, "Arrival-Date: " + date(dsn.arrived()));
    for (var recipient : dsn.recipients()) {
      line(text, "");
      line(text, "Original-Recipient: rfc822; " + recipient.original());
      line(text, "Final-Recipient: rfc822; " + recipient.finalAddress());
      line(text, "Action: " + dsn.action().name().toLowerCase(Locale.ROOT));
      line(text, "Status: " + recipient.status());
      line(text, "Diagnostic-Code: smtp; " + oneLine(recipient.text()));
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append("\r\n");
  }

  private static String date(Instant instant) {
    return DATE.format(instant);
  }

  // What another host said must not make lines of its own, nor one that is too long.
  private static String oneLine(String text) {
    String flat = text.replaceAll("[\\x00-\\x1f\\x7f]+", " ").strip();
    return flat.length() > MAX_TEXT ? flat.substring(0, MAX_TEXT) : flat;
  }
}
