package org.malleposte.sieve;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.malleposte.mime.HeaderField;

/**
 * The header that a script has made of a mail's (RFC 5293): these fields stand in the place of the
 * first so many bytes.
 */
public record EditedHeader(List<HeaderField> fields, long replacedBytes) {
  public EditedHeader {
    fields = List.copyOf(fields);
  }

  public byte[] bytes() {
    var out = new ByteArrayOutputStream();
    fields.forEach(field -> out.writeBytes(field.bytes()));
    return out.toByteArray();
  }
}
