package org.malleposte.filter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.QueueId;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.HeaderField;
import org.malleposte.sieve.HeaderText;
import org.malleposte.sieve.SieveAction;

/** Writes the fields of redirected mails, and answers to senders (RFC 5230 §5, RFC 3834 §3). */
final class ReplyWriter {
  /** Names the accounts that have sent a mail on. */
  static final String REDIRECTED = "X-Sieve-Redirected-From";

  private static final int REFERENCES_MAX_CHARACTERS = 4000;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ReplyWriter() {}

  static String received(String host, QueueId id, Instant now) {
    return "Received: by "
        + host
        + " (Malleposte Sieve)\r\n\tid "
        + id
        + ";\r\n\t"
        + DATE.format(now)
        + "\r\n";
  }

  static byte[] reply(
      SieveAction.Reply reply,
      EmailAddress recipient,
      HeaderBlock answered,
      String host,
      QueueId id,
      Instant now) {
    var text = new StringBuilder(received(host, id, now));
    // An address, perhaps with a name: of a script, so it is cleaned, but not encoded whole.
    text.append("From: ").append(from(reply, recipient)).append("\r\n");
    text.append("To: <").append(reply.to()).append(">\r\n");
    text.append(HeaderText.field("Subject", reply.subject()));
    text.append("Date: ").append(DATE.format(now)).append("\r\n");
    text.append("Message-ID: <").append(id).append('@').append(host).append(">\r\n");
    thread(text, answered);
    text.append("Auto-Submitted: auto-replied (vacation)\r\n");
    text.append("Precedence: bulk\r\n");
    text.append("MIME-Version: 1.0\r\n");
    content(text, reply);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String from(SieveAction.Reply reply, EmailAddress recipient) {
    return reply
        .from()
        .map(f -> f.replaceAll("[\\p{Cntrl}]", " ").strip())
        .orElseGet(() -> "<" + recipient + ">");
  }

  private static void thread(StringBuilder text, HeaderBlock answered) {
    var id = answered.first("Message-ID").map(HeaderField::value).filter(ReplyWriter::isId);
    if (id.isEmpty()) {
      return;
    }
    text.append("In-Reply-To: ").append(id.get()).append("\r\n");
    Optional<String> before =
        answered
            .first("References")
            .map(HeaderField::value)
            .filter(r -> r.length() < REFERENCES_MAX_CHARACTERS && isPrintable(r));
    text.append("References: ");
    before.ifPresent(r -> text.append(String.join("\r\n ", r.split("\\s+"))).append("\r\n "));
    text.append(id.get()).append("\r\n");
  }

  private static boolean isId(String value) {
    return value.startsWith("<")
        && value.endsWith(">")
        && value.length() < 500
        && value.indexOf(' ') < 0
        && isPrintable(value);
  }

  private static boolean isPrintable(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f || c == '\t');
  }

  private static void content(StringBuilder text, SieveAction.Reply reply) {
    String reason = reply.reason().replace("\r\n", "\n").replace('\r', '\n');
    if (reply.mime()) {
      // RFC 5230 §4.4: it begins with its own fields.
      text.append(reason.replace("\n", "\r\n"));
      return;
    }
    text.append("Content-Type: text/plain; charset=utf-8\r\n");
    text.append("Content-Transfer-Encoding: base64\r\n\r\n");
    byte[] bytes = reason.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    text.append(Base64.getMimeEncoder().encodeToString(bytes)).append("\r\n");
  }
}
