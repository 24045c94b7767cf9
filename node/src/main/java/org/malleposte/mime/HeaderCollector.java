package org.malleposte.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gathers lines into fields, within a number of bytes. */
final class HeaderCollector {
  private final List<HeaderField> fields = new ArrayList<>();
  private final StringBuilder field = new StringBuilder();
  private int bytesLeft;

  HeaderCollector(int maxBytes) {
    bytesLeft = maxBytes;
  }

  void line(byte[] bytes, int length) {
    boolean continued = length > 0 && (bytes[0] == ' ' || bytes[0] == '\t');
    if (!continued) {
      finish();
    }
    int fits = Math.min(length, bytesLeft);
    bytesLeft -= fits;
    field.append(new String(bytes, 0, fits, StandardCharsets.ISO_8859_1));
  }

  /** All fields; ends the collection. */
  List<HeaderField> fields() {
    finish();
    return fields;
  }

  private void finish() {
    if (field.isEmpty()) {
      return;
    }
    String raw = field.toString();
    field.setLength(0);
    int colon = raw.indexOf(':');
    fields.add(new HeaderField((colon < 0 ? raw : raw.substring(0, colon)).strip(), raw));
  }
}
