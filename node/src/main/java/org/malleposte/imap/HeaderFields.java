package org.malleposte.imap;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.malleposte.mime.AddressListParser;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MailAddress;
import org.malleposte.mime.MessageDate;
import org.malleposte.mime.MimeText;

/** From the header itself. */
record HeaderFields(HeaderBlock header) implements MessageHeaders {
  @Override
  public BaseSubject subject() {
    return BaseSubject.of(
        header.first("Subject").map(HeaderField::value).map(MimeText::decodeField).orElse(""));
  }

  @Override
  public String mailbox(Addresses field) {
    return switch (first(field)) {
      case MailAddress.Mailbox mailbox -> MimeText.decodeField(mailbox.local());
      case MailAddress.GroupStart(var name) -> MimeText.decodeField(name);
      case MailAddress.GroupEnd _ -> "";
    };
  }

  @Override
  public String display(Addresses field) {
    return switch (first(field)) {
      case MailAddress.Mailbox(var name, var _, var local, var domain) ->
          MimeText.decodeField(name.filter(text -> !text.isBlank()).orElse(local + "@" + domain))
              .strip();
      case MailAddress.GroupStart(var name) -> MimeText.decodeField(name).strip();
      case MailAddress.GroupEnd _ -> "";
    };
  }

  @Override
  public Optional<Instant> sent() {
    return header.first("Date").map(HeaderField::value).flatMap(MessageDate::moment);
  }

  @Override
  public Optional<String> messageId() {
    return header
        .first("Message-ID")
        .map(HeaderField::value)
        .flatMap(value -> MessageIds.in(value).stream().findFirst());
  }

  @Override
  public List<String> references() {
    var references = header.first("References").map(HeaderField::value).map(MessageIds::in);
    if (references.isPresent() && !references.get().isEmpty()) {
      return references.get();
    }
    // Some put more than ids there, and the first is the one that counts (RFC 5256 §3).
    return header
        .first("In-Reply-To")
        .map(HeaderField::value)
        .map(value -> MessageIds.in(value).stream().limit(1).toList())
        .orElse(List.of());
  }

  /** An empty group when there is no address. */
  private MailAddress first(Addresses field) {
    return header
        .all(field.field())
        .flatMap(one -> AddressListParser.parse(one.value()).stream())
        .findFirst()
        .orElse(new MailAddress.GroupEnd());
  }
}
