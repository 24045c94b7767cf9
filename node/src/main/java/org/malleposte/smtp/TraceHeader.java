package org.malleposte.smtp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.QueueId;
import org.malleposte.smtp.SmtpClient.TlsInfo;

/**
 * Our {@code Received} header (RFC 5321 §4.4). All but the queue id and the date is known at DATA,
 * and these have a fixed length: so its room is left free in front of the body, and a large body
 * need not be moved when its end has come.
 *
 * <p>{@code Return-Path} is not ours to write: final delivery does.
 */
final class TraceHeader {
  // Two digits for the day, always +0000: the length must not depend on the date.
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss '+0000'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 31;

  private final String beforeId;
  private final String beforeDate;

  private TraceHeader(String beforeId, String beforeDate) {
    this.beforeId = beforeId;
    this.beforeDate = beforeDate;
  }

  /**
   * @param only the recipient, when there is one: with several, each would see the others
   */
  static TraceHeader of(
      SmtpClient client, String helo, String protocol, Domain by, Optional<EmailAddress> only) {
    var text = new StringBuilder(256);
    text.append("Received: from ").append(helo).append(" (");
    client.hostName().ifPresent(name -> text.append(name).append(' '));
    text.append(literal(client.address())).append(")\r\n\tby ").append(by);
    text.append(" (Malleposte) with ").append(protocol);
    client.tls().ifPresent(tls -> appendTls(text, tls));
    text.append("\r\n\tid ");
    String recipient = only.map(to -> "\r\n\tfor <" + to + ">").orElse("");
    return new TraceHeader(text.toString(), recipient + ";\r\n\t");
  }

  int lengthBytes() {
    // An address may be in UTF-8.
    return utf8(beforeId).length + QueueId.LENGTH + utf8(beforeDate).length + DATE_LENGTH + 2;
  }

  byte[] bytes(QueueId id, Instant now) {
    String text = beforeId + id + beforeDate + date(now) + "\r\n";
    return utf8(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** For a header (RFC 5322 §3.3). */
  static String date(Instant instant) {
    return DATE.format(instant);
  }

  private static void appendTls(StringBuilder text, TlsInfo tls) {
    text.append("\r\n\t(version=").append(tls.version());
    text.append(" cipher=").append(tls.cipher()).append(')');
  }

  private static String literal(String address) {
    return address.indexOf(':') >= 0 ? "[IPv6:" + address + "]" : "[" + address + "]";
  }
}
