package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimePart.Kind;
import org.malleposte.mime.MimeType;
import org.malleposte.mime.MimeType.Parameter;
import org.malleposte.mime.MimeTypeParser;

/** BODY and BODYSTRUCTURE as Dovecot writes them (RFC 3501 §7.4.2). */
final class StructureWriter {
  private final boolean extended;
  private final StringBuilder out = new StringBuilder();

  private StructureWriter(boolean extended) {
    this.extended = extended;
  }

  static String write(MimePart message, boolean extended) {
    var writer = new StructureWriter(extended);
    writer.part(message);
    return writer.out.toString();
  }

  private void part(MimePart part) {
    out.append('(');
    switch (part.kind()) {
      case Kind.Multipart(var parts) -> multipart(part, parts);
      case Kind.Embedded(var message) -> {
        out.append("\"message\" \"rfc822\"");
        fields(part);
        out.append(' ').append(EnvelopeWriter.write(message.header())).append(' ');
        part(message);
        out.append(' ').append(part.lines());
        singleExtension(part);
      }
      case Kind.Leaf _ -> leaf(part);
    }
    out.append(')');
  }

  private void multipart(MimePart part, List<MimePart> parts) {
    parts.forEach(this::part);
    if (parts.isEmpty()) {
      // The grammar wants at least one part.
      out.append("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0");
      out.append(extended ? " NIL NIL NIL NIL)" : ")");
    }
    out.append(' ');
    out.append(ImapText.string(part.type().map(MimeType::subtype).orElse("x-unknown")));
    if (extended) {
      out.append(' ');
      parameters(part.type().map(MimeType::parameters).orElse(List.of()), false);
      commonExtension(part);
    }
  }

  private void leaf(MimePart part) {
    if (part.type().isPresent()) {
      out.append(ImapText.string(part.type().get().type())).append(' ');
      out.append(ImapText.string(part.type().get().subtype()));
    } else {
      out.append("\"text\" \"plain\"");
    }
    fields(part);
    if (part.isText()) {
      out.append(' ').append(part.lines());
    }
    singleExtension(part);
  }

  /** Parameters, id, description, encoding, size. */
  private void fields(MimePart part) {
    out.append(' ');
    parameters(part.type().map(MimeType::parameters).orElse(List.of()), part.isText());
    out.append(' ').append(EnvelopeWriter.nstring(part.value("Content-ID")));
    out.append(' ').append(EnvelopeWriter.nstring(part.value("Content-Description")));
    out.append(' ').append(ImapText.string(part.encoding()));
    out.append(' ').append(part.bodyBytes());
  }

  private void parameters(List<Parameter> parameters, boolean isText) {
    var all = new ArrayList<>(parameters);
    if (isText && all.stream().noneMatch(p -> p.name().equalsIgnoreCase("charset"))) {
      all.add(new Parameter("charset", "us-ascii"));
    }
    if (all.isEmpty()) {
      out.append("NIL");
      return;
    }
    String between = "(";
    for (var parameter : all) {
      out.append(between).append(ImapText.string(parameter.name()));
      out.append(' ').append(ImapText.string(parameter.value()));
      between = " ";
    }
    out.append(')');
  }

  private void singleExtension(MimePart part) {
    if (extended) {
      out.append(' ').append(EnvelopeWriter.nstring(part.value("Content-MD5")));
      commonExtension(part);
    }
  }

  /** Disposition, language, location. */
  private void commonExtension(MimePart part) {
    Optional<MimeType> disposition =
        part.value("Content-Disposition").flatMap(MimeTypeParser::disposition);
    if (disposition.isEmpty()) {
      out.append(" NIL");
    } else {
      out.append(" (").append(ImapText.string(disposition.get().type())).append(' ');
      parameters(disposition.get().parameters(), false);
      out.append(')');
    }
    out.append(' ').append(languages(part));
    out.append(' ').append(EnvelopeWriter.nstring(part.value("Content-Location")));
  }

  private static String languages(MimePart part) {
    var tags = new ArrayList<String>();
    for (String tag : MimeTypeParser.words(part.value("Content-Language").orElse(""))) {
      tags.add(ImapText.string(tag));
    }
    return tags.isEmpty() ? "NIL" : "(" + String.join(" ", tags) + ")";
  }
}
