package org.malleposte.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Xtext;
import org.malleposte.schedule.Bouncer.Action;

/**
 * Writes a {@link DsnMessage} as {@code multipart/report} (RFC 6522): words for a person, fields
 * for a program, and the header of the mail. The body only if its sender asked for it (RFC 3461
 * §4.3): a report must not carry a stranger's mail to a forged sender.
 */
final class DsnWriter {
  /** More of a header is cut. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  /** A larger mail does not go back whole, whatever its sender asked for. */
  static final int MAX_RETURNED_BYTES = 256 * 1024;

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
    line(text, "");
    line(text, "--" + boundary);
    line(text, "Content-Type: " + typeOf(dsn.returned(), dsn.international()));
    line(text, "Content-Transfer-Encoding: 8bit");
    line(text, "");
    var out = new ByteArrayOutputStream();
    out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    out.writeBytes(dsn.returned().bytes());
    out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  // RFC 6522 §1 and §4; RFC 6533 §4 for mails in UTF-8.
  private static String typeOf(DsnMessage.Returned returned, boolean international) {
    return switch (returned) {
      case DsnMessage.Returned.Header _ ->
          international ? "message/global-headers" : "text/rfc822-headers";
      case DsnMessage.Returned.Mail _ -> international ? "message/global" : "message/rfc822";
    };
  }

  private static void header(StringBuilder text, DsnMessage dsn, String boundary) {
    line(text, "From: Mail Delivery Subsystem <MAILER-DAEMON@" + dsn.reporter() + ">");
    line(text, "To: <" + dsn.to() + ">");
    line(text, "Subject: " + subject(dsn));
    line(text, "Date: " + date(dsn.date()));
    line(text, "Message-ID: <" + dsn.id() + "@" + dsn.reporter() + ">");
    line(text, "Auto-Submitted: auto-replied"); // RFC 3834 §5
    line(text, "MIME-Version: 1.0");
    line(text, "Content-Type: multipart/report; report-type=delivery-status;");
    line(text, "\tboundary=\"" + boundary + "\"");
    line(text, "");
  }

  /** The worst news. */
  private static String subject(DsnMessage dsn) {
    if (!dsn.with(Action.FAILED).isEmpty()) {
      return "Undelivered mail returned to sender";
    }
    return dsn.with(Action.DELAYED).isEmpty()
        ? "Your mail has been delivered"
        : "Your mail is late; it is still tried";
  }

  private static void forPeople(StringBuilder text, DsnMessage dsn) {
    line(text, "Content-Type: text/plain; charset=utf-8");
    line(text, "Content-Transfer-Encoding: 8bit");
    line(text, "");
    line(text, "This is the mail system at " + dsn.reporter() + ".");
    for (Action action : Action.values()) {
      section(text, dsn, action);
    }
    line(text, "");
    if (!dsn.with(Action.DELAYED).isEmpty()) {
      line(text, "You need not send it again: it is tried further, and you will hear if it fails.");
    }
  }

  private static void section(StringBuilder text, DsnMessage dsn, Action action) {
    var recipients = dsn.with(action);
    if (recipients.isEmpty()) {
      return;
    }
    line(text, "");
    line(text, "Your mail of " + date(dsn.arrived()) + verdict(action));
    for (var recipient : recipients) {
      line(text, "");
      line(text, "  <" + recipient.original() + ">");
      line(text, "    " + oneLine(recipient.text()));
    }
  }

  private static String verdict(Action action) {
    return switch (action) {
      case FAILED -> " could not be delivered to:";
      case DELAYED -> " has not been delivered yet to:";
      case DELIVERED -> " has been delivered to:";
      case RELAYED -> " was handed to a host that does not report further, for:";
    };
  }

  private static void forPrograms(StringBuilder text, DsnMessage dsn) {
    line(
        text,
        dsn.international()
            ? "Content-Type: message/global-delivery-status"
            : "Content-Type: message/delivery-status");
    if (dsn.international()) {
      line(text, "Content-Transfer-Encoding: 8bit");
    }
    line(text, "");
    dsn.envelopeId().ifPresent(id -> line(text, "Original-Envelope-Id: " + oneLine(id)));
    line(text, "Reporting-MTA: dns; " + dsn.reporter());
    line(text, "X-Queue-Id: " + dsn.about());
    line(text, "Arrival-Date: " + date(dsn.arrived()));
    for (var recipient : dsn.recipients()) {
      line(text, "");
      recipient
          .originally()
          .ifPresent(said -> line(text, "Original-Recipient: " + originally(said)));
      line(text, "Final-Recipient: " + typed(recipient.finalAddress()));
      line(text, "Action: " + recipient.action().name().toLowerCase(Locale.ROOT));
      line(text, "Status: " + recipient.status());
      if (recipient.action() != Action.DELIVERED) {
        line(text, "Diagnostic-Code: smtp; " + oneLine(recipient.text()));
      }
    }
  }

  // RFC 3464 §2.3.1: as ORCPT had it, decoded; utf-8 has an encoding of its own (RFC 6533 §3).
  private static String originally(String said) {
    int end = said.indexOf(';');
    String type = said.substring(0, end);
    String address = said.substring(end + 1);
    return type + "; " + oneLine(type.equalsIgnoreCase("utf-8") ? address : Xtext.decode(address));
  }

  private static String typed(EmailAddress address) {
    boolean ascii = address.toString().chars().allMatch(c -> c < 0x80);
    return (ascii ? "rfc822; " : "utf-8; ") + address;
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
