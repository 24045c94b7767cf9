package org.malleposte.mime;

import java.util.List;
import java.util.Optional;

/**
 * The value of Content-Type or Content-Disposition: a word or two and parameters (RFC 2045 §5.1,
 * RFC 2183 §2, RFC 2231).
 *
 * @param type as written, such as {@code text} or {@code attachment}
 * @param subtype empty for a disposition
 */
public record MimeType(String type, String subtype, List<Parameter> parameters) {
  /** As written, but continued ones (RFC 2231 §3) joined under one name. */
  public record Parameter(String name, String value) {}

  public MimeType {
    parameters = List.copyOf(parameters);
  }

  public boolean is(String otherType, String otherSubtype) {
    return type.equalsIgnoreCase(otherType) && subtype.equalsIgnoreCase(otherSubtype);
  }

  public boolean isMultipart() {
    return type.equalsIgnoreCase("multipart");
  }

  public boolean isMessage() {
    return is("message", "rfc822") || is("message", "global");
  }

  public Optional<String> parameter(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equalsIgnoreCase(name))
        .map(Parameter::value)
        .findFirst();
  }
}
