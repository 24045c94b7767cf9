package org.malleposte.imap;

import java.util.Optional;
import org.malleposte.mime.AddressListParser;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MailAddress;

/** ENVELOPE as Dovecot writes it (RFC 3501 §7.4.2). */
final class EnvelopeWriter {
  private EnvelopeWriter() {}

  static String write(HeaderBlock header) {
    var out = new StringBuilder("(");
    out.append(text(header, "Date")).append(' ');
    out.append(text(header, "Subject")).append(' ');
    String from = addresses(header, "From");
    out.append(from).append(' ');
    out.append(orElse(addresses(header, "Sender"), from)).append(' ');
    out.append(orElse(addresses(header, "Reply-To"), from)).append(' ');
    out.append(addresses(header, "To")).append(' ');
    out.append(addresses(header, "Cc")).append(' ');
    out.append(addresses(header, "Bcc")).append(' ');
    out.append(text(header, "In-Reply-To")).append(' ');
    out.append(text(header, "Message-ID"));
    return out.append(')').toString();
  }

  /** White space is worth one space, as Dovecot has it. */
  static String nstring(Optional<String> value) {
    return value.map(text -> ImapText.string(text.replaceAll("[ \\t\r\n]+", " "))).orElse("NIL");
  }

  private static String orElse(String addresses, String from) {
    return addresses.equals("NIL") ? from : addresses;
  }

  private static String text(HeaderBlock header, String name) {
    return nstring(header.last(name).map(HeaderField::value));
  }

  private static String addresses(HeaderBlock header, String name) {
    var out = new StringBuilder();
    header
        .all(name)
        .flatMap(field -> AddressListParser.parse(field.value()).stream())
        .forEach(address -> write(address, out));
    return out.isEmpty() ? "NIL" : "(" + out + ")";
  }

  private static void write(MailAddress address, StringBuilder out) {
    switch (address) {
      case MailAddress.Mailbox(var name, var route, var local, var domain) ->
          out.append('(')
              .append(nstring(name))
              .append(' ')
              .append(nstring(route))
              .append(' ')
              .append(ImapText.string(local))
              .append(' ')
              .append(ImapText.string(domain))
              .append(')');
      case MailAddress.GroupStart(var name) ->
          out.append("(NIL NIL ").append(ImapText.string(name)).append(" NIL)");
      case MailAddress.GroupEnd _ -> out.append("(NIL NIL NIL NIL)");
    }
  }
}
