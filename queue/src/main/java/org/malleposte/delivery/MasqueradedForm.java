package org.malleposte.delivery;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.tables.LocalHostNames;
import org.malleposte.tables.Masquerade;

/**
 * Our addresses show the domain of {@code MASQUERADE_AS} to other hosts, as sendmail's smtp mailers
 * have it (cf/mailer/smtp.m4): in the fields that name senders, with {@code allmasquerade} in those
 * that name recipients, with {@code masquerade_envelope} in the reverse-path. All else, down to
 * blanks and folds, stays as it is.
 */
public final class MasqueradedForm implements OutboundForm {
  /** A header above this is left as it is. */
  static final int MAX_HEADER_BYTES = 1 << 20;

  /** Fields that sendmail's conf.c flags as H_FROM. */
  private static final Set<String> SENDERS =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "resent-from",
          "resent-sender",
          "resent-reply-to",
          "errors-to",
          "disposition-notification-to");

  /** Those that it flags as H_RCPT. */
  private static final Set<String> RECIPIENTS =
      Set.of("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "apparently-to");

  private final Masquerade masquerade;
  private final LocalHostNames ours;

  public MasqueradedForm(Masquerade masquerade, LocalHostNames ours) {
    this.masquerade = masquerade;
    this.ours = ours;
  }

  @Override
  public Outgoing of(ReversePath from, MessageBody body) throws IOException {
    return masquerade.isOn()
        ? new Outgoing(masquerade.switches().envelope() ? path(from) : from, body(body))
        : new Outgoing(from, body);
  }

  private ReversePath path(ReversePath from) {
    return from.address()
        .map(a -> ReversePath.of(new EmailAddress(a.localPart(), shown(a))))
        .orElse(ReversePath.NULL);
  }

  private Domain shown(EmailAddress address) {
    return masquerade.shown(address.localPart(), Optional.of(address.domain()), ours);
  }

  private MessageBody body(MessageBody body) throws IOException {
    byte[] header = header(body);
    byte[] masqueraded = masqueraded(header);
    if (Arrays.equals(header, masqueraded)) {
      return body;
    }
    long size = body.sizeBytes() - header.length + masqueraded.length;
    return new MessageBody.Stored(
        () -> new SequenceInputStream(new ByteArrayInputStream(masqueraded), rest(body, header)),
        size);
  }

  private static InputStream rest(MessageBody body, byte[] header) throws IOException {
    InputStream in = body.open();
    try {
      in.skipNBytes(header.length);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** All fields, without the empty line; nothing when there is no end in sight. */
  private static byte[] header(MessageBody body) throws IOException {
    var header = new ByteArrayOutputStream(4096);
    try (var in = new BufferedInputStream(body.open())) {
      int lineBytes = 0;
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == '\n' && lineBytes == 0) {
          break;
        }
        lineBytes = c == '\n' ? 0 : c == '\r' ? lineBytes : lineBytes + 1;
        header.write(c);
        if (header.size() > MAX_HEADER_BYTES) {
          return new byte[0];
        }
      }
    }
    byte[] bytes = header.toByteArray();
    // The CR of the empty line, if it has one, is not the header's.
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == '\r') {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  private byte[] masqueraded(byte[] header) {
    // Each byte is a character of its own: what is not changed leaves as it came.
    String text = new String(header, StandardCharsets.ISO_8859_1);
    var result = new StringBuilder(text.length() + 64);
    for (int start = 0; start < text.length(); ) {
      int end = endOfField(text, start);
      field(text.substring(start, end), result);
      start = end;
    }
    return result.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Behind the last line of the field that begins here: lines that begin with a blank go on. */
  private static int endOfField(String text, int start) {
    int at = start;
    while (at < text.length()) {
      int newline = text.indexOf('\n', at);
      if (newline < 0) {
        return text.length();
      }
      at = newline + 1;
      if (at >= text.length() || text.charAt(at) != ' ' && text.charAt(at) != '\t') {
        return at;
      }
    }
    return at;
  }

  private void field(String field, StringBuilder result) {
    int colon = field.indexOf(':');
    String name = colon < 0 ? "" : field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    boolean rewritten =
        SENDERS.contains(name) || masquerade.switches().recipients() && RECIPIENTS.contains(name);
    if (rewritten) {
      result.append(field, 0, colon + 1);
      new AddressFields(this::shown).rewrite(field.substring(colon + 1), result);
    } else {
      result.append(field);
    }
  }

  /** The domain to show, or nothing where the address stays as it is. */
  private Optional<Domain> shown(String localPart, Optional<Domain> domain) {
    Domain shown = masquerade.shown(localPart, domain, ours);
    return domain.filter(shown::equals).isPresent() ? Optional.empty() : Optional.of(shown);
  }
}
